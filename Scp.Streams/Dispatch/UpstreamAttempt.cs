using Scp.Streams.Balancing;
using Scp.Streams.Errors;
using Scp.Streams.Limits;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Dispatch;

/// <summary>
/// One try at one backend for an <see cref="UpstreamExchange"/>: a connection, the request on its way out and the response on its way in.
/// It says how it fares and decides nothing: what becomes of a failure or a response head is up to the exchange. Reports to the backend
/// once how it went.
/// </summary>
/// <remarks>
/// <code>
/// Waiting ----------back-off over---> Leasing
/// Leasing ----------idle connection-> Exchanging
/// Leasing ----------none------------> Connecting --ok--> Exchanging
/// Exchanging -------final head------> Responding (the exchange has taken it; it drops all others)
/// Responding -------complete--------> Over (the connection is parked when it is clean)
/// any --------------failure---------> the exchange hears of it and ends it: Over
/// </code>
/// A connection goes back to its pool only when the request was sent completely, the response was framed and complete, and not one
/// byte came after it.
/// </remarks>
/// <param name="owner">Whose attempt it is.</param>
/// <param name="standing">Where a place is reserved for it.</param>
/// <param name="bindsSession">Its response tells the client where its session is.</param>
public sealed partial class UpstreamAttempt(UpstreamExchange owner, BackendStanding standing, bool bindsSession)
{
    private const int ReceiveBudget = 16;

    /// <summary>Bytes of one receive: with a head in front of them they still leave as one segment of 64 KiB where the network offloads.</summary>
    private const int ReceiveLimit = 60 * 1024;

    private readonly ResponseReader _reader = new(owner.Exchange, owner.Exchange.Snapshot.Limits);
    private RequestSender _sender = new(owner.Exchange, owner.Content);
    private UpstreamDeadlines _deadlines = new();
    private PendingConnect? _connecting;
    private UpstreamConnection? _connection;
    private long _startedAt;
    private bool _isFirstTurn = true;
    private bool _isReused, _mayReuse = true, _hasResponded, _isTunnel, _finSent, _isFlushDue, _awaitsContinue, _isSendingOver, _isOver;

    public BackendStanding Standing => standing;

    public Backend Backend => standing.Backend;

    public bool BindsSession => bindsSession;

    public bool IsOver => _isOver;

    /// <summary>Milliseconds of the clock at which it is given up if another attempt may be made instead.</summary>
    public long GiveUpAt { get; set; } = Clock.Never;

    /// <summary>Its connection had been idle and has given no byte: whether the backend has seen the request nobody knows.</summary>
    public bool IsUnansweredOnReusedConnection => _isReused && !_reader.HasBegun;

    /// <summary>The backend takes nothing more of the request.</summary>
    public bool IsSendingOver => _isSendingOver;

    /// <summary>Bytes of the content that it has written.</summary>
    public long ContentPosition => _sender.Position;

    private Exchange Exchange => owner.Exchange;

    private IDispatchHost Host => owner.Host;

    private BytePort? Port => _connection?.Port;

    private RouteTimeouts Timeouts => Exchange.Route!.Timeouts;

    private Clock Clock => Host.Connection.Clock;

    /// <summary>Nothing more of the request goes out on this connection, one way or the other.</summary>
    private bool IsRequestOver => _sender.IsComplete || (_isSendingOver && (owner.Content?.IsOver ?? true));

    /// <summary>Leases a connection or opens one.</summary>
    /// <param name="now">Milliseconds of the clock, as read in this turn.</param>
    /// <param name="onlyFresh">Takes no idle connection.</param>
    public void Start(long now, bool onlyFresh)
    {
        _startedAt = now;
        _period = Backend.Outcomes.Period;
        Backend.Metrics?.AttemptStarted();
        if (ConnectionBoundAuthentication.IsIn(Exchange.Request)) _mayReuse = false;
        if (!onlyFresh && TakeIdle(now) is { } idle) Use(idle, isReused: true);
        else Connect(now);
        _isFirstTurn = false;
    }

    /// <summary>More of the request has come.</summary>
    public void OnContent()
    {
        if (_awaitsContinue)
        {
            _awaitsContinue = false; // the client did not wait
            _deadlines.ResponseHead = Clock.Never;
        }

        if (_isOver || _connection is null) return;
        if (!_isSendingOver) _sender.Continue(Port!.Output);
        else if (!owner.IsRepeatable) owner.Content?.Discard();
        if (_sender.IsMisframed)
        {
            owner.OnFailed(this, ProxyError.InternalError);
            return;
        }

        NoteTunnelTraffic();
        if (IsRequestOver || Port!.Output.Length >= BufferPool.LargeSize)
        {
            Flush();
        }
        else
        {
            FlushLater();
        }

        Pump();
    }

    public void OnConnected(PendingConnect pending)
    {
        if (_isOver || pending != _connecting)
        {
            pending.Result?.Transport?.Dispose();
            return;
        }

        _connecting = null;
        _deadlines.Connect = Clock.Never;
        if (pending.Result!.Transport is not { } transport)
        {
            OnConnectFailed(pending.Result.Error);
            return;
        }

        Backend.Connections.Opened();
        Use(new UpstreamConnection(Backend.Connections, transport, Host), isReused: false);
    }

    public void OnReceived(TransportResult result)
    {
        if (_isOver) return;
        Accept(result);
        Pump();
    }

    public void OnSent(bool succeeded)
    {
        if (_isOver) return;
        if (!succeeded) StopSending();
        else Flush();
        Pump();
    }

    /// <summary>Others had their turn.</summary>
    public void PumpAgain()
    {
        _isFlushDue = false;
        if (!_isOver) Flush();
        Pump();
    }

    /// <summary>Acts on what is due; returns the next deadline.</summary>
    public long OnTick(long now)
    {
        if (_isOver) return Clock.Never;
        switch (_deadlines.Due(now))
        {
            case ProxyError.None:
                break;
            case ProxyError.ConnectTimeout:
                _connecting?.Abandon();
                _connecting = null;
                OnConnectFailed(ProxyError.ConnectTimeout);
                break;
            case var error:
                owner.OnFailed(this, error);
                break;
        }

        return _isOver ? Clock.Never : _deadlines.Next;
    }

    private void ArmDeadlines() => Host.Connection.Deadlines.Lower(_deadlines.Next);
}
