using Scp.Streams.Connections;
using Scp.Streams.Errors;
using Scp.Streams.Gateway;
using Scp.Streams.Limits;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Http1;

/// <content>What is read when: bytes become parts, within credit and limits.</content>
public sealed partial class Http1ServerCodec
{
    private void Pump()
    {
        for (var budget = ReceiveBudget; !_isFinished; budget--)
        {
            Process();
            if (_isFinished || port.IsReceiving) return;
            if (_clientFinished)
            {
                AfterClientFin();
                return;
            }

            if (!_lingering && (IsBackedUp || !_reader.WantsBytes(_exchange))) return;
            if (budget == 0)
            {
                host.PumpLater();
                return;
            }

            var (buffer, offset) = _reader.PrepareReceive();
            var result = port.Receive(buffer, offset);
            if (result.IsPending)
            {
                NoteWaiting();
                return;
            }

            Accept(result);
        }
    }

    private void Accept(TransportResult result)
    {
        if (result.IsFailed)
        {
            ClientIsGone();
            return;
        }

        if (result.IsEndOfStream)
        {
            _clientFinished = true; // the pump goes on with what is buffered
            return;
        }

        _reader.Received(result.Bytes);
        _awaitsContinue = false; // it did not wait
        if (_reader.State == ReadState.Discard)
        {
            _reader.Discard();
            return;
        }

        if (_reader.State is ReadState.Length or ReadState.Chunked) _deadlines.ContentReceived(result.Bytes);
    }

    private void NoteWaiting()
    {
        // A client that waits for 100 (RFC 9110 10.1.1) waits for the origin: that is not its own time.
        if (_reader.State is ReadState.Length or ReadState.Chunked && !_awaitsContinue) _deadlines.ContentAwaited(Timeouts);
        connection.Deadlines.Lower(_deadlines.Next(Timeouts));
    }

    /// <summary>From now on content is waited for.</summary>
    private void EndAwaitContinue()
    {
        if (!_awaitsContinue) return;
        _awaitsContinue = false;
        if (port.IsReceiving) NoteWaiting();
    }

    /// <summary>Turns buffered bytes into parts until something is missing: bytes, credit, or the response.</summary>
    private void Process()
    {
        while (!_isFinished)
        {
            if (_reader.State == ReadState.Head)
            {
                if (_reader.Buffered == 0 || IsBackedUp || !ReadHead()) return;
            }
            else if (_exchange is { } exchange)
            {
                var part = _reader.ReadContent(exchange, Limits, out var error);
                if (error != ProxyError.None) Reject(error);
                if (part is null) return;
                if (part is RequestEnd or RequestContent { EndsMessage: true }) _requestEnded = true;
                host.Emit(part);
                if (_sender.State == WriteState.Complete) CountDiscarded(part);
                if (_requestEnded && _sender.State == WriteState.Complete) NextRequest();
            }
            else return;
        }
    }

    private bool ReadHead()
    {
        if (_exchange is null)
        {
            _exchange = new Exchange(connection.Info, this) { Snapshot = connection.Pipeline.Snapshot };
            _exchange.Record.StartedAt = connection.Clock.Time.GetTimestamp();
            _headEmitted = _requestEnded = false;
            _sender.Next();
        }

        var head = _exchange.Request;
        switch (_reader.ReadHead(head, Limits, out var error))
        {
            case ParseStatus.NeedMore:
                _deadlines.HeadBegan(Timeouts);
                return false;
            case ParseStatus.Rejected:
                Reject(error);
                return false;
        }

        _deadlines.HeadEnded();
        if (_reader.State is ReadState.Length or ReadState.Chunked)
            _deadlines.ContentReceived(head.Content.Length + _reader.Buffered); // what came with the head counts for the rate too
        _requests++;
        _headEmitted = true;
        _requestEnded = head.EndsMessage;
        _clientCloses = head.AsksToClose;
        _awaitsContinue = head.ExpectsContinue;
        GatewayDecision.ChooseRoute(head);
        host.Emit(head);
        return true;
    }

    /// <summary>The request breaks a rule or a limit: the pipeline hears it and answers; nothing more is read of it.</summary>
    private void Reject(ProxyError error)
    {
        if (_exchange is null) return;
        _deadlines.HeadEnded();
        _reader.Discard();
        _headEmitted = true;
        if (_sender.State is WriteState.AwaitHead)
        {
            host.Emit(new RequestRejected(_exchange, error));
            return;
        }

        if (_sender.State == WriteState.Complete) BeginLinger(); // the client has its response, and keeps it
        else Fail(error);
    }

    /// <summary>FIN came and everything before it was looked at: what can never be complete ends.</summary>
    private void AfterClientFin()
    {
        if (_lingering)
        {
            if (_finSent) Finish(abort: false); // otherwise the last byte of the response does it
        }
        else if (_exchange is null || !_headEmitted) BeginLinger();
        else if (_reader.State == ReadState.Tunnel) EndTunnelRequest();
        else if (_reader.State is not (ReadState.Length or ReadState.Chunked)) return; // it waits for the response: legal (RFC 9112 9.6)
        else if (_sender.State == WriteState.Complete) BeginLinger();
        else ClientIsGone();
    }

    private void EndTunnelRequest()
    {
        if (_reader.Buffered > 0) return; // the rest follows when credit comes
        if (!_requestEnded) host.Emit(new RequestEnd(_exchange!));
        _requestEnded = true;
        FinishTunnel();
    }

    private void ClientIsGone() => Fail(ProxyError.ClientDisconnected);

    private void CountDiscarded(RequestPart part)
    {
        if (part is not RequestContent content) return;
        _discarded += content.Content.Length;
        if (_discarded > Limits.DiscardedContent) BeginLinger();
    }
}
