using Scp.Streams.Errors;
using Scp.Streams.Limits;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Dispatch;

/// <content>The response on its way in.</content>
public sealed partial class UpstreamAttempt
{
    /// <summary>Reads what there is, as long as there is credit for it.</summary>
    public void Pump()
    {
        for (var budget = ReceiveBudget; !_isOver && _connection is not null; budget--)
        {
            Emit();
            if (_isOver || Port is not { IsReceiving: false } port || !_reader.WantsBytes) return;
            if (budget == 0)
            {
                Host.PumpLater(this);
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
        if (_reader.State is ResponseState.Head or ResponseState.Tunnel || !IsRequestOver) return;
        _deadlines.ResponseIdle = Clock.After(Clock.Now, Timeouts.ResponseIdle);
        ArmDeadlines();
    }

    private void Accept(TransportResult result)
    {
        if (_isOver) return;
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
        while (!_isOver && _reader.Read(out var error) is var part)
        {
            if (error != ProxyError.None)
            {
                owner.OnFailed(this, error);
                return;
            }

            if (part is null) return;
            Pass(part);
        }
    }

    private void Pass(ResponsePart part)
    {
        if (part is ResponseHead { IsInterim: true } interim)
        {
            if (interim.Status == 100) OnContinue();
            owner.OnInterim(this, interim);
            return;
        }

        if (part is ResponseHead head)
        {
            _deadlines.ResponseHead = Clock.Never;
            NoteHead(head.Status);
            if (!owner.TryAccept(this, head)) return;
            _hasResponded = true;
            if (_reader.State == ResponseState.Tunnel) OpenTunnel();
            else if (Exchange.Request.AsksToUpgrade) _mayReuse &= head.Status != 101;
        }

        Host.Emit(part);
        if (_reader.State == ResponseState.Complete) OnResponseComplete();
    }

    private void OnContinue()
    {
        _awaitsContinue = false;
        if (!IsRequestOver) _deadlines.ResponseHead = Clock.Never; // now it is the client's turn
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
        _mayReuse = false;
        if (isReset)
        {
            owner.OnFailed(this, _hasResponded ? ProxyError.ResponseTruncated : ProxyError.UpstreamReset);
            return;
        }

        var part = _reader.ReadEndOfStream(out var error);
        if (part is null) owner.OnFailed(this, error);
        else if (_isTunnel) EndTunnelResponse(part);
        else Pass(part);
    }

    /// <summary>The backend's side of the tunnel has ended; the client's may go on for a while.</summary>
    private void EndTunnelResponse(ResponsePart end)
    {
        Host.Emit(end);
        if (IsRequestOver && Port is { IsSending: false, Output.IsEmpty: true }) owner.OnComplete(this);
        else NoteTunnelTraffic(); // the flush of the last byte ends it
    }

    /// <summary>A byte or a FIN passed: a tunnel of which one side has ended may be silent for less long.</summary>
    private void NoteTunnelTraffic()
    {
        if (!_isTunnel) return;
        var isOpen = _reader.State == ResponseState.Tunnel && !IsRequestOver;
        _deadlines.Tunnel = Clock.After(Clock.Now, isOpen ? Timeouts.TunnelIdle : Exchange.Snapshot.Timeouts.HalfClosed);
        ArmDeadlines();
    }
}
