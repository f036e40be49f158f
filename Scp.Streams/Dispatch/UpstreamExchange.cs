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
///                      Connecting --failed--> Picking (next backend, while attempts are left)
/// Exchanging --reused connection was dead, nothing answered, repeatable--> Picking
/// any --failure, cancellation, deadline--> Done
/// </code>
/// A connection goes back to its pool only when the request was sent completely, the response was framed and complete, and not one
/// byte came after it.
/// </remarks>
public sealed class UpstreamExchange(IDispatchHost host, Exchange exchange, PoolSnapshot pool) : IExchangeEdge
{
    private const int ReceiveBudget = 16;

    private readonly RequestSender _sender = new(exchange);
    private readonly ResponseReader _reader = new(exchange, exchange.Snapshot.Limits);
    private TriedBackends _tried;
    private UpstreamDeadlines _deadlines = new();
    private PendingConnect? _connecting;
    private Backend? _backend;
    private UpstreamConnection? _connection;
    private ProxyError _lastError = ProxyError.NoBackend;
    private long _now;
    private bool _isFirstTurn = true;
    private bool _isReused, _mayReuse = true, _headPassed, _isTunnel, _finSent, _isFlushDue, _awaitsContinue, _isDone;

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
            _lastError = pending.Result.Error;
            _backend!.Metrics?.ConnectFailed(_lastError);
            Pick();
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
                _lastError = ProxyError.ConnectTimeout;
                _backend!.Metrics?.ConnectFailed(_lastError);
                Pick();
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

    // ---- choosing and connecting ----

    private void Pick()
    {
        var backends = pool.Backends;
        if (_tried.Count >= Math.Min(pool.Upstream.ConnectAttempts, Math.Max(1, backends.Count)))
        {
            Fail(_lastError);
            return;
        }

        var index = backends.Count == 0 ? -1 : pool.Policy.Pick(Exchange, backends, in _tried);
        if (index < 0)
        {
            Fail(_lastError);
            return;
        }

        _backend = backends[index];
        _tried.Add(_backend);
        Exchange.Record.Attempts++;
        Exchange.Record.Backend = _backend.Name;
        _backend.Metrics?.AttemptStarted();
        RequestSender.PrepareHead(Exchange.Request, _backend, Exchange.Route!.SendsBackendHost);
        if (TakeIdle() is { } idle) Use(idle, isReused: true);
        else Connect();
    }

    private UpstreamConnection? TakeIdle()
    {
        if (pool.Upstream.SendProxyProtocol != ProxyProtocolVersion.Off) return null; // such a connection speaks for one client
        while (_backend!.Connections.TryTake(_now, pool.Upstream.IdleTimeout) is { } idle)
        {
            if (!idle.TryLease(host)) continue;
            if (idle.Port.IsReceivePending) return idle;
            idle.Close(abort: true); // it spoke before it was asked: whatever came belongs to nobody
        }

        return null;
    }

    private void Connect()
    {
        _now = Clock.Now;
        _deadlines.Connect = Clock.After(_now, pool.Upstream.ConnectTimeout);
        ArmDeadlines();
        _connecting = new PendingConnect(this, host.DeliverConnect);
        _connecting.Start(host.Connection.Connector, _backend!);
    }

    private void Use(UpstreamConnection connection, bool isReused)
    {
        _connection = connection;
        _isReused = isReused;
        _backend!.ExchangeStarted();
        var port = connection.Port;
        port.Tag = this;
        port.OnContentSent = static (exchange, bytes) => (exchange.DispatchState as UpstreamExchange)?._sender.Sent(bytes);
        _reader.Attach(connection.Buffer);
        connection.Buffer = null;
        if (!isReused) WriteProxyHeader(port.Output);
        if (!_sender.Begin(port.Output, out var error) || _sender.IsMisframed)
        {
            Fail(_sender.IsMisframed ? ProxyError.InternalError : error);
            return;
        }

        if (_sender.IsComplete) Flush();
        else FlushLater();
        Pump();
    }

    private void WriteProxyHeader(SendBatch output)
    {
        var version = pool.Upstream.SendProxyProtocol;
        if (version == ProxyProtocolVersion.Off) return;
        _mayReuse = false;
        var span = output.GetSpan(ProxyProtocolWriter.MaxSize);
        output.Advance(ProxyProtocolWriter.Write(version, host.Connection.Info, span));
    }

    // ---- sending ----

    /// <summary>More of the request may follow in this turn: one send for all of it.</summary>
    private void FlushLater()
    {
        if (_isFlushDue) return;
        _isFlushDue = true;
        host.PumpLater(this);
    }

    private void Flush()
    {
        while (Port is { } port)
        {
            var wasSending = port.IsSending;
            var pending = port.Flush(out var failed);
            if (failed)
            {
                StopSending();
                return;
            }

            if (_isDone) return;
            if (pending && wasSending) return; // what the client adds gives the backend no more time
            _deadlines.Send = pending ? Clock.After(Clock.Now, Timeouts.ResponseHead) : Clock.Never;
            if (pending)
            {
                ArmDeadlines();
                return;
            }

            if (port.Output.IsEmpty) break;
        }

        if (_isDone || _connection is null || _sender.IsDiscarding) return;
        if (_isTunnel)
        {
            if (_sender.IsComplete) EndTunnelRequest();
        }
        else if (_reader.State != ResponseState.Head)
        {
            if (_sender.IsComplete && _deadlines.ResponseIdle == Clock.Never && Port!.IsReceiving) NoteWaiting();
        }
        else if (_deadlines.ResponseHead == Clock.Never
            && (_sender.IsComplete || Exchange.Request.AsksToUpgrade || _awaitsContinue))
        {
            AwaitResponseHead();
        }
    }

    private void AwaitResponseHead()
    {
        // A request that left in the turn in which it came, as most do, needs no second look at the clock.
        _deadlines.ResponseHead = Clock.After(_isFirstTurn ? _now : Clock.Now, Timeouts.ResponseHead);
        ArmDeadlines();
    }

    /// <summary>The backend takes no more of the request; it may have answered all the same, so reading goes on.</summary>
    private void StopSending()
    {
        _deadlines.Send = Clock.Never;
        if (_deadlines.ResponseHead == Clock.Never && _reader.State == ResponseState.Head) AwaitResponseHead();
        if (_isReused && !_reader.HasBegun && MayRepeat()) return; // the pending receive will say that the connection is dead
        _mayReuse = false;
        _sender.StartDiscarding();
    }

    /// <summary>The client's side of the tunnel has ended and its last byte has left.</summary>
    private void EndTunnelRequest()
    {
        if (_reader.State == ResponseState.Complete)
        {
            End(abort: false);
            Exchange.Downstream.OnCredit(Exchange); // it waits for the last bytes to leave before it closes
        }
        else if (!_finSent)
        {
            _finSent = true;
            Port!.Transport.ShutdownSend();
        }
    }

    // ---- reading ----

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
            var result = port.Receive(buffer, offset);
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
            Exchange.Record.Attempts++;
            _backend!.Metrics?.AttemptStarted();
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
        if (buffer is null or { IsShared: true } or { Capacity: > BufferPool.MediumSize })
        {
            buffer?.Release();
            buffer = BufferPool.Shared.Rent(BufferPool.MediumSize);
        }

        connection.Buffer = buffer;
        if (!connection.Port.Receive(buffer, 0).IsPending) return false; // bytes or FIN right after the response: not to be trusted
        Finish();
        _connection = null;
        backend.ExchangeEnded();
        connection.Park(Clock.Now);
        if (!backend.Connections.TryKeep(connection, pool.Upstream.MaxIdle) && connection.TryLease(host)) connection.Close(abort: false);
        return true;
    }

    // ---- ending ----

    private void Fail(ProxyError error)
    {
        if (_isDone) return;
        End(abort: true);
        host.Emit(new ResponseFailed(Exchange, error));
    }

    private void End(bool abort)
    {
        _connecting?.Abandon();
        _connecting = null;
        DropConnection(abort);
        Finish();
        _sender.ForgetUnsent();
    }

    private void DropConnection(bool abort)
    {
        if (_connection is not { } connection) return;
        _connection = null;
        connection.Port.Tag = null;
        _reader.Detach()?.Release();
        connection.Close(abort);
        _backend!.ExchangeEnded();
    }

    private void Finish()
    {
        if (_isDone) return;
        _isDone = true;
        Exchange.Upstream = null;
        if (!_sender.IsComplete) _sender.StartDiscarding();
        host.Done(this);
    }

    /// <summary>A byte or a FIN passed: a tunnel of which one side has ended may be silent for less long.</summary>
    private void NoteTunnelTraffic()
    {
        if (!_isTunnel) return;
        var isOpen = _reader.State == ResponseState.Tunnel && !_sender.IsComplete;
        _deadlines.Tunnel = Clock.After(Clock.Now, isOpen ? Timeouts.TunnelIdle : Exchange.Snapshot.Timeouts.HalfClosed);
        ArmDeadlines();
    }

    private void ArmDeadlines() => host.Connection.Deadlines.Lower(_deadlines.Next);
}
