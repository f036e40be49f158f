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
    private const int ProbesPassed = 5;
    private const int ProbesFailed = 6;
    private const int Ejections = 7;
    private const int CircuitOpenings = 8;
    private const int FirstFailure = 9;

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

    /// <summary>An active health check has its verdict.</summary>
    public void ProbeEnded(bool passed) => _counters.Increment(passed ? ProbesPassed : ProbesFailed);

    /// <summary>Its answers were so bad that it is left out for a while.</summary>
    public void Ejected() => _counters.Increment(Ejections);

    public void CircuitOpened() => _counters.Increment(CircuitOpenings);

    internal MetricPoint AttemptCount() => new(_counters.Read(Attempts), _labels);

    internal MetricPoint OpenedConnections() => new(_counters.Read(Opened), _labels);

    internal MetricPoint OpenConnections() => new(Math.Max(0, _counters.Read(Opened) - _counters.Read(Closed)), _labels);

    internal MetricPoint IdleConnections() => new(Math.Max(0, _counters.Read(Parked) - _counters.Read(Unparked)), _labels);

    internal IEnumerable<MetricPoint> Retries() => RetryOutcome.Points(_counters, FirstRetry, _labels);

    internal MetricPoint EjectionCount() => new(_counters.Read(Ejections), _labels);

    internal MetricPoint CircuitOpeningCount() => new(_counters.Read(CircuitOpenings), _labels);

    internal IEnumerable<MetricPoint> Probes() =>
    [
        new(_counters.Read(ProbesPassed), [.. _labels, new("result", "passed")]),
        new(_counters.Read(ProbesFailed), [.. _labels, new("result", "failed")]),
    ];

    internal IEnumerable<MetricPoint> ConnectFailures() => ErrorCounts.Points(_counters, FirstFailure, _labels);
}
