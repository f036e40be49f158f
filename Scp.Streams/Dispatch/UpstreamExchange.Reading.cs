using Scp.Streams.Errors;
using Scp.Streams.Limits;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Dispatch;

/// <content>The response on its way in, and what becomes of the connection after it.</content>
public sealed partial class UpstreamExchange
{
    private void Pump()
    {
        for (var budget = ReceiveBudget; !_isDone && _connection is not null; budget--)
        {
            Emit();
            if (_isDone || Port is not { IsReceiving: false } port || !_reader.WantsBytes) return;
            if (budget == 0)
            {
                host.PumpLater(this);
                return;
            }

            var (buffer, offset) = _reader.PrepareReceive();
            var result = port.Receive(buffer, offset, ReceiveLimit);
            if (result.IsPending)
            {
                NoteWaiting();
                return;
            }

            Accept(result);
        }
    }

    private void NoteWaiting()
    {
        // While the request is still coming, what the backend is silent for may be the client's doing.
        if (_reader.State is ResponseState.Head or ResponseState.Tunnel || !_sender.IsComplete) return;
        _deadlines.ResponseIdle = Clock.After(Clock.Now, Timeouts.ResponseIdle);
        ArmDeadlines();
    }

    private void Accept(TransportResult result)
    {
        if (_isDone) return;
        if (result.IsFailed || result.IsEndOfStream)
        {
            OnEndOfStream(result.IsFailed);
            return;
        }

        _deadlines.ResponseIdle = Clock.Never;
        NoteTunnelTraffic();
        _reader.Received(result.Bytes);
    }

    private void Emit()
    {
        while (!_isDone && _reader.Read(out var error) is var part)
        {
            if (error != ProxyError.None)
            {
                Fail(error);
                return;
            }

            if (part is null) return;
            Pass(part);
        }
    }

    private void Pass(ResponsePart part)
    {
        if (part is ResponseHead { Status: 100 })
        {
            _awaitsContinue = false;
            if (!_sender.IsComplete) _deadlines.ResponseHead = Clock.Never; // now it is the client's turn
        }
        else if (part is ResponseHead { IsInterim: false } head)
        {
            _headPassed = true;
            if (_bindsSession) pool.Rules.Affinity!.Write(head, _backend!);
            NoteHead(head.Status);
            _deadlines.ResponseHead = Clock.Never;
            if (_reader.State == ResponseState.Tunnel) OpenTunnel();
            else if (Exchange.Request.AsksToUpgrade) _mayReuse &= head.Status != 101;
        }

        host.Emit(part);
        if (_reader.State == ResponseState.Complete) OnResponseComplete();
    }

    private void OpenTunnel()
    {
        _mayReuse = false;
        _isTunnel = true;
        Report(AttemptOutcome.Success); // it may last for days
        NoteTunnelTraffic();
    }

    private void OnEndOfStream(bool isReset)
    {
        if (_reader.State == ResponseState.Head && !_reader.HasBegun && _isReused && MayRepeat())
        {
            DropConnection(abort: true);
            _sender.Restart();
            _isReused = false;
            _deadlines.ResponseHead = Clock.Never;
            var backend = _backend!;
            EndAttempt(ProxyError.ClientDisconnected);
            BeginAttempt(backend);
            Connect(); // the same backend, on a connection of its own: it closed an idle one, which says nothing about its health
            return;
        }

        _mayReuse = false;
        if (isReset)
        {
            Fail(_headPassed ? ProxyError.ResponseTruncated : ProxyError.UpstreamReset);
            return;
        }

        var part = _reader.ReadEndOfStream(out var error);
        if (part is null) Fail(error);
        else if (_isTunnel) EndTunnelResponse(part);
        else Pass(part);
    }

    /// <summary>The backend's side of the tunnel has ended; the client's may go on for a while.</summary>
    private void EndTunnelResponse(ResponsePart end)
    {
        host.Emit(end);
        if (_sender.IsComplete && Port is { IsSending: false, Output.IsEmpty: true }) End(abort: false);
        else NoteTunnelTraffic(); // the flush of the last byte ends it
    }

    /// <summary>RFC 9110 9.2.2: only what is idempotent may be sent twice when it is not known whether the first was seen.</summary>
    private bool MayRepeat() => Exchange.Request.Method.IsIdempotent() && _sender.CanRepeat && !_sender.IsDiscarding;

    private void OnResponseComplete()
    {
        if (_isTunnel) return;
        var port = Port!;
        var isClean = _mayReuse && _sender.IsComplete && !_sender.IsDiscarding && !port.IsSending && port.Output.IsEmpty
            && !_reader.ClosesConnection && _reader.Buffered == 0;
        if (isClean && TryPark()) return;
        End(abort: false);
    }

    /// <summary>Leaves the connection idle with a receive pending; false when it turns out not to be fit for it.</summary>
    private bool TryPark()
    {
        var connection = _connection!;
        var backend = _backend!;
        var buffer = _reader.Detach();
        var wanted = _reader.WasLarge ? BufferPool.LargeSize : BufferPool.MediumSize; // the next response is probably like this one
        if (buffer is null or { IsShared: true } || buffer.Capacity != wanted)
        {
            buffer?.Release();
            buffer = BufferPool.Shared.Rent(wanted);
        }

        connection.Buffer = buffer;
        if (!connection.Port.Receive(buffer, 0, ReceiveLimit).IsPending) return false; // bytes or FIN right after the response: not to be trusted
        Finish();
        _connection = null;
        connection.Park(Clock.Now);
        if (!backend.Connections.TryKeep(connection, pool.Upstream.MaxIdle) && connection.TryLease(host)) connection.Close(abort: false);
        Release(); // who waits finds the connection idle
        return true;
    }
}
