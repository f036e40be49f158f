using Scp.Streams.Connections;
using Scp.Streams.Errors;
using Scp.Streams.Gateway;
using Scp.Streams.Limits;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Http1;

/// <content>What becomes of response parts, and when the next request begins.</content>
public sealed partial class Http1ServerCodec
{
    private void OnHead(ResponseHead head)
    {
        var exchange = head.Exchange;
        if (!head.IsInterim)
        {
            exchange.Response = head;
            if (head.Fields.IndexOf(KnownField.Date) < 0)
                head.Fields.Add(KnownField.Date, exchange.Snapshot.Forwarding.Date.Bytes); // RFC 9110 6.6.1
        }

        if (!_sender.WriteHead(head, port.Output, MustClose(exchange, head), out var error))
        {
            head.Content.Release();
            Fail(error);
            return;
        }

        if (head.IsInterim)
        {
            if (head.Status == 100) EndAwaitContinue();
            head.Fields.Release();
            return;
        }

        exchange.Record.Status = head.Status;
        exchange.Record.RespondedAt = connection.Clock.Time.GetTimestamp();
        if (_reader.State == ReadState.Held)
        {
            if (_sender.State == WriteState.Tunnel) _reader.SwitchToTunnel();
            else
            {
                _reader.UpgradeDeclined();
                _requestEnded = true;
                host.Emit(new RequestEnd(exchange));
            }
        }

        if (!head.Content.IsEmpty || head.EndsMessage) OnContent(head.Content, head.EndsMessage);
    }

    private void OnContent(ContentSlice content, bool ends)
    {
        if (_sender.State == WriteState.Tunnel)
        {
            _exchange!.Record.ResponseContentBytes += content.Length;
            port.Output.Append(_exchange, content);
        }
        else if (!_sender.WriteContent(_exchange!, content, port.Output))
        {
            Fail(ProxyError.MalformedResponse);
            return;
        }

        if (ends) OnEnd(null);
    }

    private void OnEnd(FieldSection? trailers)
    {
        if (_sender.State == WriteState.Tunnel)
        {
            _tunnelEnded = true;
            FinishTunnel();
            return;
        }

        var complete = _sender.WriteEnd(_exchange!, trailers, port.Output);
        trailers?.Release();
        if (!complete)
        {
            Fail(ProxyError.ResponseTruncated);
            return;
        }

        EndResponse();
    }

    private void OnFailed(ProxyError error) => Fail(error);

    /// <summary>The response is complete in the output: decide what becomes of the connection.</summary>
    private void EndResponse()
    {
        if (_requestEnded && !_sender.ClosesAfter)
        {
            NextRequest();
            return;
        }

        if (!_requestEnded && !_sender.ClosesAfter && _reader.State is ReadState.Length or ReadState.Chunked
            && _reader.Remaining <= Limits.DiscardedContent)
        {
            _discarded = 0;
            return; // the rest of the request is read and thrown away downstream of here; NextRequest follows its end
        }

        BeginLinger();
    }

    private void NextRequest()
    {
        var closes = _sender.ClosesAfter;
        var endedAt = EndExchange(isComplete: true);
        if (closes)
        {
            BeginLinger();
            return;
        }

        _reader.Next();
        if (_clientFinished && _reader.Buffered == 0) BeginLinger();
        else
        {
            _deadlines.IdleBegan(Timeouts, connection.Clock.ToMilliseconds(endedAt));
            connection.Deadlines.Lower(_deadlines.Next(Timeouts));
        }
    }

    /// <summary>The origin's side of the tunnel has ended: FIN follows its last byte; when both have, the connection is over.</summary>
    private void FinishTunnel()
    {
        if (!_tunnelEnded || _isFinished || port.IsSending || !port.Output.IsEmpty) return; // the flush that empties it comes back here
        if (!_finSent) port.Transport.ShutdownSend();
        _finSent = true;
        if (_requestEnded && _exchange?.Upstream is null) Finish(abort: false); // else its last bytes have not left for the origin
    }

    private bool MustClose(Exchange exchange, ResponseHead head)
    {
        var limits = Limits;
        return exchange.Request.AsksToClose
            || _reader.State == ReadState.Discard
            || connection.Pipeline.IsDraining
            || ErrorTable.Of(exchange.Record.Error).ClosesClientConnection
            || _requests >= limits.RequestsPerConnection
            || (exchange.Request.ExpectsContinue && !_requestEnded && exchange.Record.RequestContentBytes == 0)
            || (!_requestEnded && head.EndsMessage && _reader.Remaining > limits.DiscardedContent);
    }

    private void Flush()
    {
        while (!_isFinished)
        {
            var wasSending = port.IsSending;
            var pending = port.Flush(out var failed);
            if (failed)
            {
                ClientIsGone();
                return;
            }

            if (pending && !wasSending)
            {
                _deadlines.SendBegan(Timeouts);
                connection.Deadlines.Lower(_deadlines.Next(Timeouts));
            }

            if (pending) return;
            if (port.Output.IsEmpty) break;
        }

        if (_lingering) AfterLastByte();
        else if (_tunnelEnded) FinishTunnel();
    }
}
