using Scp.Streams.Balancing;
using Scp.Streams.Errors;
using Scp.Streams.Http1;
using Scp.Streams.Limits;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Dispatch.Mirroring;

/// <summary>
/// A copy on its way to a backend and back. It belongs to no graph, for the client may be gone long before; socket completions and one
/// timer drive it, under a lock of its own that nobody else wants. It begins on the thread pool: even a connect is too much for the
/// client's thread.
/// </summary>
/// <remarks>
/// <code>
/// Starting --idle connection--> Exchanging --response complete--> Over
/// Starting --no idle--> Connecting --ok--> Exchanging
/// any --failure, timeout--> Over
/// </code>
/// </remarks>
internal sealed partial class MirrorExchange(
    Mirror mirror, PoolSnapshot pool, BackendStanding standing, IConnector connector, Clock clock, Exchange exchange, ContentSlice content)
    : IBytePortOwner, IThreadPoolWorkItem
{
    private const int ReceiveBudget = 16;
    private const int ReceiveLimit = 60 * 1024;

    private readonly Lock _lock = new();
    private readonly ResponseReader _reader = new(exchange, exchange.Snapshot.Limits);
    private readonly long _startedAt = clock.Now;
    private readonly int _period = standing.Backend.Outcomes.Period;
    private ContentSlice _content = content;
    private ITimer? _timer;
    private IConnectAttempt? _connecting;
    private UpstreamConnection? _connection;
    private int _status;
    private long? _headAt;
    private bool _isReused, _hasStarted, _isSent, _isOver;

    private Backend Backend => standing.Backend;

    private bool SendsProxyHeader => pool.Upstream.SendProxyProtocol != ProxyProtocolVersion.Off;

    public void Start() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    /// <summary>Begins, or goes on after others had their turn.</summary>
    void IThreadPoolWorkItem.Execute() => InlineScope.Run(
        static e =>
        {
            lock (e._lock)
            {
                if (e._isOver) return;
                if (e._hasStarted) e.Receive();
                else e.Begin();
            }
        },
        this);

    private void Begin()
    {
        _hasStarted = true;
        _timer = clock.Time.CreateTimer(static e => ((MirrorExchange)e!).OnTimeout(), this, mirror.Settings.Timeout, Timeout.InfiniteTimeSpan);
        Backend.Metrics?.AttemptStarted();
        if (TakeIdle() is { } idle) Use(idle, isReused: true);
        else
        {
            var attempt = connector.Connect(Backend.Address, OnConnected);
            if (!_isOver && _connection is null) _connecting = attempt;
        }
    }

    private UpstreamConnection? TakeIdle()
    {
        while (!SendsProxyHeader && Backend.Connections.TryTake(_startedAt, pool.Upstream.IdleTimeout) is { } idle)
        {
            if (!idle.TryLease(this)) continue;
            if (idle.Port.IsReceivePending) return idle;
            idle.Close(abort: true);
        }

        return null;
    }

    private void OnConnected(ConnectResult result)
    {
        lock (_lock)
        {
            _connecting = null;
            if (_isOver)
            {
                result.Transport?.Dispose();
            }
            else if (result.Transport is not { } transport)
            {
                Backend.Metrics?.ConnectFailed(result.Error);
                End(MirrorOutcome.Failed, AttemptOutcomes.Of(result.Error, isRequestSent: false));
            }
            else
            {
                Backend.Connections.Opened();
                Use(new UpstreamConnection(Backend.Connections, transport, this), isReused: false);
            }
        }
    }

    private void Use(UpstreamConnection connection, bool isReused)
    {
        _connection = connection;
        _isReused = isReused;
        _reader.Attach(connection.Buffer);
        connection.Buffer = null;
        var output = connection.Port.Output;
        if (SendsProxyHeader)
            output.Advance(ProxyProtocolWriter.Write(
                pool.Upstream.SendProxyProtocol, exchange.Connection, output.GetSpan(ProxyProtocolWriter.MaxSize)));
        var head = exchange.Request;
        if (!Http1RequestWriter.TryWrite(head, output.GetSpan(Http1RequestWriter.Measure(head)), out var written, out _))
        {
            End(MirrorOutcome.Failed, AttemptOutcome.Cancelled);
            return;
        }

        output.Advance(written);
        if (!_content.IsEmpty) output.Append(exchange, _content); // it belongs to the batch now
        _content = default;
        Flush();
        if (!_isOver) Receive();
    }

    private void Flush()
    {
        var isSending = _connection!.Port.Flush(out var failed);
        if (failed) End(MirrorOutcome.Failed, AttemptOutcome.Reset);
        else _isSent = !isSending;
    }

    private void OnTimeout() => InlineScope.Run(
        static e =>
        {
            lock (e._lock)
                e.End(
                    MirrorOutcome.TimedOut,
                    e._connection is null ? AttemptOutcome.ConnectTimeout
                    : e._status == 0 ? AttemptOutcome.ResponseTimeout
                    : AttemptOutcome.Cancelled); // the response is on its way: ours is the hurry
        },
        this);

    private void End(MirrorOutcome outcome, AttemptOutcome report)
    {
        if (_isOver) return;
        _isOver = true;
        _timer?.Dispose();
        _connecting?.Cancel();
        if (_connection is { } connection)
        {
            _reader.Detach()?.Release();
            connection.Close(abort: outcome != MirrorOutcome.Answered);
            _connection = null;
        }

        Leave(outcome, report);
    }

    private void Leave(MirrorOutcome outcome, AttemptOutcome report)
    {
        exchange.Request.Fields.Release();
        _content.Release();
        _content = default;
        var now = clock.Now;
        Backend.Outcomes.Report(report, (_headAt ?? now) - _startedAt, now, _period);
        Backend.ExchangeEnded();
        pool.Load.ExchangeEnded(standing);
        mirror.Load.End(outcome);
    }
}
