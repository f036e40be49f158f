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
public sealed partial class Http1ServerCodec(ClientConnection connection, BytePort port, ICodecHost host) : IExchangeEdge, IDeadlineOwner
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
}
