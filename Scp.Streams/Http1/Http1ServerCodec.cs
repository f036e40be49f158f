using Scp.Streams.Connections;
using Scp.Streams.Errors;
using Scp.Streams.Gateway;
using Scp.Streams.Limits;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Http1;

/// <summary>
/// The server side of one HTTP/1.1 connection: which bytes are read when, which response ends it, when the next request begins.
/// A state machine without Akka types; the stage around it moves bytes and parts.
/// </summary>
/// <remarks>
/// Reading and writing are two machines (<see cref="ReadState"/>, <see cref="WriteState"/>); an exchange ends when both are complete.
/// <code>
/// request complete, response complete, keep-alive          → next request
/// response complete, request not, little left               → the rest is discarded, then the next request
/// response complete, the client asked to close              → close
/// response complete and closing, client may still be sending → FIN, discard for a while, close (RFC 9112 section 9.6)
/// response cut short                                         → RST
/// </code>
/// </remarks>
public sealed class Http1ServerCodec(ClientConnection connection, BytePort port, ICodecHost host) : IExchangeEdge, IDeadlineOwner
{
    /// <summary>How long a closing connection is read so that the last response is not destroyed by a RST (RFC 9112 9.6).</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    /// <summary>Receives that complete at once, one after the other, before other connections get their turn.</summary>
    private const int ReceiveBudget = 16;

    private readonly RequestReader _reader = new();
    private readonly ResponseSender _sender = new();
    private readonly ClientDeadlines _deadlines = new(connection.Clock);
    private Exchange? _exchange;
    private bool _headEmitted, _requestEnded;
    private bool _clientFinished, _clientCloses, _lingering, _closesClean, _finSent, _isFinished, _tunnelEnded, _isFlushDue, _awaitsContinue;
    private int _requests, _discarded;

    /// <summary>An exchange keeps the limits it began with; between exchanges the newest count.</summary>
    private LimitSettings Limits => (_exchange?.Snapshot ?? connection.Pipeline.Snapshot).Limits;

    private TimeoutSettings Timeouts => (_exchange?.Snapshot ?? connection.Pipeline.Snapshot).Timeouts;

    /// <summary>No exchange is under way and nothing of a next request has come.</summary>
    public bool IsIdle => _exchange is null || (!_headEmitted && _reader.Buffered == 0);

    /// <summary>The client does not read: no further request until it does, or its responses would pile up here.</summary>
    private bool IsBackedUp => port.IsSending && port.Output.Length >= BufferPool.LargeSize;

    public void Start()
    {
        connection.Deadlines.Register(this);
        port.OnContentSent = static (exchange, bytes) => exchange.GrantResponseCredit(bytes);
        if (connection.Initial is var (buffer, start, end))
        {
            connection.Initial = null;
            _reader.Adopt(buffer, start, end);
        }

        _deadlines.FirstHeadBegan(connection.FirstHeadDeadline);
        Pump();
    }

    /// <summary>A receive has completed.</summary>
    public void OnReceived(TransportResult result)
    {
        if (_isFinished) return;
        Accept(result);
        Pump();
    }

    /// <summary>The pump gave others a turn and goes on.</summary>
    public void PumpAgain() => Pump();

    /// <summary>What came in this turn is complete: send it.</summary>
    public void FlushDue()
    {
        _isFlushDue = false;
        Flush();
        Pump();
    }

    /// <summary>A send has completed.</summary>
    public void OnSent(bool succeeded)
    {
        if (_isFinished) return;
        _deadlines.SendEnded();
        if (!succeeded) ClientIsGone();
        else Flush();
        Pump();
    }

    /// <summary>Credit for request content came back.</summary>
    public void OnCredit(Exchange exchange)
    {
        Pump();
        FinishTunnel(); // the last bytes towards the origin may be what it waited for
    }

    /// <summary>A response part came through the pipeline.</summary>
    public void OnResponsePart(ResponsePart part)
    {
        if (_isFinished || part.Exchange != _exchange)
        {
            part.ReleaseContent();
            return;
        }

        switch (part)
        {
            case ResponseHead head: OnHead(head); break;
            case ResponseContent content: OnContent(content.Content, content.EndsMessage); break;
            case ResponseEnd end: OnEnd(end.Trailers); break;
            case ResponseFailed failed: OnFailed(failed.Error); break;
        }

        if (_isFinished) return;
        if (_sender.State == WriteState.Content && port.Output.Length < BufferPool.LargeSize)
        {
            if (!_isFlushDue) host.FlushLater(); // more may follow in this turn: one send for all of it
            _isFlushDue = true;
        }
        else Flush();
        Pump();
    }

    public long OnTick(long now)
    {
        if (_isFinished) return Clock.Never;
        switch (_deadlines.Due(now, Timeouts))
        {
            case ProxyError.None:
            case ProxyError.KeepAliveTimeout when !_lingering && port.IsSending: // the client still reads the last response
                return _deadlines.Next(Timeouts);
            case ProxyError.ResponseWriteTimeout:
                Fail(ProxyError.ResponseWriteTimeout);
                break;
            case ProxyError.RequestHeadTimeout when _exchange is null || _reader.Buffered == 0:
            case ProxyError.KeepAliveTimeout:
                Finish(abort: false);
                break;
            case var error:
                Reject(error);
                break;
        }

        return _isFinished ? Clock.Never : _deadlines.Next(Timeouts);
    }

    /// <summary>Closes an idle connection; one with an exchange under way closes after its response.</summary>
    public void CloseWhenIdle()
    {
        if (IsIdle) BeginLinger();
    }

    public void Abort()
    {
        if (_exchange is { Record: { Error: ProxyError.None } record }) record.Error = ProxyError.Draining;
        Finish(abort: true);
    }

    /// <summary>Releases everything; called when the graph stops, for whatever reason.</summary>
    public void Stop()
    {
        if (_exchange is { Record: { Error: ProxyError.None } record } && _headEmitted)
            record.Error = connection.Pipeline.IsDraining ? ProxyError.Draining : ProxyError.InternalError;
        var isCut = _exchange is not null && _headEmitted;
        _isFinished = true;
        EndExchange(isComplete: false);
        port.Close(abort: isCut); // the client must not take a part of a response for the whole
        _reader.Release();
    }

    // ---- reading ----

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
            connection.ActiveExchanges = 1;
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

    // ---- writing ----

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

    // ---- ending ----

    /// <summary>Nothing more will be answered here: send what is left, then FIN, and read until the client has closed.</summary>
    private void BeginLinger()
    {
        if (_lingering) return;
        _lingering = true;
        _closesClean = _clientCloses && _requestEnded && _reader.State != ReadState.Discard && _reader.Buffered == 0;
        if (_exchange is not null && !_requestEnded && _headEmitted)
            host.Emit(new RequestRejected(_exchange, ProxyError.ClientDisconnected));
        EndExchange(isComplete: true);
        _reader.Discard();
        Flush();
    }

    private void AfterLastByte()
    {
        if (_isFinished || port.IsSending || !port.Output.IsEmpty) return;
        if (_clientFinished || _closesClean)
        {
            Finish(abort: false);
            return;
        }

        if (_finSent) return;
        _finSent = true;
        port.Transport.ShutdownSend();
        _deadlines.LingerBegan(Linger);
        connection.Deadlines.Lower(_deadlines.Next(Timeouts));
    }

    /// <summary>The exchange cannot be completed and the client must not take what it got for complete.</summary>
    private void Fail(ProxyError error)
    {
        if (_exchange is { Record: { Error: ProxyError.None } record })
        {
            record.Error = error;
            if (record.Status == 0 && error == ProxyError.ClientDisconnected) record.Status = 499;
        }

        Finish(abort: true);
    }

    private void Finish(bool abort)
    {
        if (_isFinished) return;
        _isFinished = true;
        EndExchange(isComplete: false);
        port.Close(abort);
        _reader.Release();
        host.Finish();
    }

    /// <param name="isComplete">
    /// The response came through, so nobody works on the head any more. Otherwise it may still be on its way through the stages, and its
    /// arrays are left to the garbage collector.
    /// </param>
    private long EndExchange(bool isComplete)
    {
        var now = connection.Clock.Time.GetTimestamp();
        if (_exchange is not { } exchange) return now;
        _exchange = null;
        connection.ActiveExchanges = 0;
        if (!_headEmitted) return now; // nothing but part of a head: not an exchange yet
        exchange.Record.EndedAt = now;
        connection.Observer.OnCompleted(exchange);
        if (!isComplete) return now;
        exchange.Request.Fields.Release();
        exchange.Response?.Fields.Release();
        return now;
    }
}
