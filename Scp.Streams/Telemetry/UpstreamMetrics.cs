using Scp.Streams.Dispatch;
using Scp.Streams.Errors;

namespace Scp.Streams.Telemetry;

/// <summary>What is counted of one backend in one pool. Thread-safe; whoever connects to the backend keeps it.</summary>
public sealed class UpstreamMetrics
{
    private const int Attempts = 0;
    private const int Opened = 1;
    private const int Closed = 2;
    private const int Parked = 3;
    private const int Unparked = 4;
    private const int FirstFailure = 5;

    private static readonly int FirstRetry = FirstFailure + ErrorReason.Count;

    private readonly StripedCounters _counters = new(FirstRetry + RetryOutcome.Count);
    private readonly KeyValuePair<string, object?>[] _labels;

    internal UpstreamMetrics(string pool, string backend)
    {
        Pool = pool;
        Backend = backend;
        _labels = [new("pool", pool), new("backend", backend)];
    }

    public string Pool { get; }

    public string Backend { get; }

    /// <summary>An exchange was given to this backend, on a new connection or an idle one.</summary>
    public void AttemptStarted() => _counters.Increment(Attempts);

    /// <summary>A connection could not be made.</summary>
    public void ConnectFailed(ProxyError reason) => _counters.Increment(FirstFailure + (int)reason);

    /// <summary>An attempt at this backend failed or was slow: what came of it.</summary>
    public void Retried(RetryReason reason) => _counters.Increment(FirstRetry + (int)reason);

    public void ConnectionOpened() => _counters.Increment(Opened);

    /// <summary>A connection that was opened has ended; an idle one is unparked first.</summary>
    public void ConnectionClosed() => _counters.Increment(Closed);

    /// <summary>A connection waits for the next exchange.</summary>
    public void ConnectionParked() => _counters.Increment(Parked);

    /// <summary>An idle connection was taken for an exchange, or is about to be closed.</summary>
    public void ConnectionUnparked() => _counters.Increment(Unparked);

    internal MetricPoint AttemptCount() => new(_counters.Read(Attempts), _labels);

    internal MetricPoint OpenedConnections() => new(_counters.Read(Opened), _labels);

    internal MetricPoint OpenConnections() => new(Math.Max(0, _counters.Read(Opened) - _counters.Read(Closed)), _labels);

    internal MetricPoint IdleConnections() => new(Math.Max(0, _counters.Read(Parked) - _counters.Read(Unparked)), _labels);

    internal IEnumerable<MetricPoint> Retries() => RetryOutcome.Points(_counters, FirstRetry, _labels);

    internal IEnumerable<MetricPoint> ConnectFailures() => ErrorCounts.Points(_counters, FirstFailure, _labels);
}
