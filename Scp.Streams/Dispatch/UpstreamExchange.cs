using Scp.Streams.Balancing;
using Scp.Streams.Errors;
using Scp.Streams.Limits;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Dispatch;

/// <summary>
/// One exchange on its way to a backend and back: picks, connects or leases, sends, reads, and gives the connection back when it is fit
/// for another exchange. A state machine without Akka types, driven by <see cref="DispatchStage"/>.
/// </summary>
/// <remarks>
/// <code>
/// Picking --idle connection--------------> Exchanging --response complete--> Done
/// Picking --no idle--> Connecting --ok---> Exchanging
/// Picking --all busy--> Queued --room--> Picking
///                      Connecting --failed--> Picking (next backend, while attempts are left)
/// Exchanging --reused connection was dead, nothing answered, repeatable--> Picking
/// any --failure, cancellation, deadline--> Done
/// </code>
/// A connection goes back to its pool only when the request was sent completely, the response was framed and complete, and not one
/// byte came after it.
/// </remarks>
public sealed partial class UpstreamExchange(IDispatchHost host, Exchange exchange, PoolSnapshot pool) : IExchangeEdge
{
    private const int ReceiveBudget = 16;

    /// <summary>Bytes of one receive: with a head in front of them they still leave as one segment of 64 KiB where the network offloads.</summary>
    private const int ReceiveLimit = 60 * 1024;

    private readonly RequestSender _sender = new(exchange);
    private readonly ResponseReader _reader = new(exchange, exchange.Snapshot.Limits);
    private TriedBackends _tried;
    private UpstreamDeadlines _deadlines = new();
    private PendingConnect? _connecting;
    private Backend? _backend;
    private UpstreamConnection? _connection;
    private ProxyError _lastError = ProxyError.NoBackend;
    private long _now, _attemptedAt, _latency;
    private int _status;
    private bool _isReported = true;
    private bool _isFirstTurn = true;
    private bool _isReused, _mayReuse = true, _headPassed, _isTunnel, _finSent, _isFlushDue, _awaitsContinue, _isDone;
    private bool _bindsSession;

    public Exchange Exchange { get; } = exchange;

    public bool IsDone => _isDone;

    private BytePort? Port => _connection?.Port;

    private RouteTimeouts Timeouts => Exchange.Route!.Timeouts;

    private Clock Clock => host.Connection.Clock;

    // ---- from the client's side ----

    public void Start(RequestHead head)
    {
        Exchange.Upstream = this;
        Exchange.Record.Pool = pool.Name;
        _now = Clock.Now;
        _deadlines.Total = Clock.After(_now, Timeouts.Total);
        ArmDeadlines();
        _sender.Admit(head);
        _awaitsContinue = head.ExpectsContinue && _sender.IsEmpty;
        _mayReuse = !ConnectionBoundAuthentication.IsIn(head);
        Exchange.Pick = PickRequest.Of(head, Exchange.Route!, pool, host.Connection.Random);
        Pick();
        _isFirstTurn = false;
    }

    public void OnRequestPart(RequestPart part)
    {
        _sender.Add(part, _isDone ? null : Port?.Output);
        if (_awaitsContinue)
        {
            _awaitsContinue = false; // the client did not wait
            _deadlines.ResponseHead = Clock.Never;
        }

        if (_isDone || _connection is null) return;
        if (_sender.IsMisframed)
        {
            Fail(ProxyError.InternalError);
            return;
        }

        NoteTunnelTraffic();
        if (_sender.IsComplete || Port!.Output.Length >= BufferPool.LargeSize)
        {
            Flush();
        }
        else
        {
            FlushLater();
        }

        Pump();
    }

    /// <summary>The client gave up, or the pipeline answered instead of the backend.</summary>
    public void Cancel()
    {
        if (_isDone) return;
        End(abort: true);
    }

    /// <summary>Credit for response content came back.</summary>
    public void OnCredit(Exchange exchange) => Pump();

    // ---- from the backend's side ----

    public void OnConnected(PendingConnect pending)
    {
        if (_isDone || pending != _connecting)
        {
            pending.Result?.Transport?.Dispose();
            return;
        }

        _connecting = null;
        _deadlines.Connect = Clock.Never;
        if (pending.Result!.Transport is not { } transport)
        {
            ConnectFailed(pending.Result.Error);
            return;
        }

        _backend!.Connections.Opened();
        Use(new UpstreamConnection(_backend.Connections, transport, host), isReused: false);
    }

    public void OnReceived(TransportResult result)
    {
        if (_isDone) return;
        Accept(result);
        Pump();
    }

    public void OnSent(bool succeeded)
    {
        if (_isDone) return;
        if (!succeeded) StopSending();
        else Flush();
        Pump();
    }

    /// <summary>Others had their turn.</summary>
    public void PumpAgain()
    {
        _isFlushDue = false;
        if (!_isDone) Flush();
        Pump();
    }

    /// <summary>Acts on what is due; returns the next deadline.</summary>
    public long OnTick(long now)
    {
        if (_isDone) return Clock.Never;
        switch (_deadlines.Due(now))
        {
            case ProxyError.None:
                break;
            case ProxyError.ConnectTimeout:
                _connecting?.Abandon();
                _connecting = null;
                _deadlines.Connect = Clock.Never;
                ConnectFailed(ProxyError.ConnectTimeout);
                break;
            case ProxyError.QueueTimeout:
                GiveUpWaiting();
                break;
            case var error:
                Fail(error);
                break;
        }

        return _isDone ? Clock.Never : _deadlines.Next;
    }

    /// <summary>Releases everything without a word; called when the graph stops.</summary>
    public void Stop()
    {
        if (!_isDone) End(abort: true);
    }
}
