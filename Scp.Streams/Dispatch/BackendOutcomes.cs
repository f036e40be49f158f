namespace Scp.Streams.Dispatch;

/// <summary>
/// What the data plane saw of one backend: counted by every graph without a lock, read by the backend's actor. Every attempt is
/// reported once.
/// </summary>
public sealed class BackendOutcomes
{
    private long _successes;
    private long _failures;
    private int _consecutiveFailures;
    private PeakEwma _latency;

    public long Successes => Volatile.Read(ref _successes);

    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Failures since the last success.</summary>
    public int ConsecutiveFailures => Volatile.Read(ref _consecutiveFailures);

    /// <summary>Whether any attempt has shown how long it takes.</summary>
    public bool HasLatency => _latency.IsMeasured;

    /// <summary>Peak-sensitive average of the latency in ms; 0 when nothing was measured.</summary>
    /// <param name="now">Milliseconds of the clock.</param>
    public float LatencyAt(long now) => _latency.At(now);

    /// <summary>Counts an attempt.</summary>
    /// <param name="outcome">How it ended.</param>
    /// <param name="latency">Milliseconds from the request to the response head or the failure.</param>
    /// <param name="now">Milliseconds of the clock.</param>
    public void Report(AttemptOutcome outcome, long latency, long now)
    {
        if (outcome == AttemptOutcome.Cancelled) return;
        if (outcome == AttemptOutcome.Success)
        {
            Interlocked.Increment(ref _successes);
            _latency.Observe(latency, now);
            if (Volatile.Read(ref _consecutiveFailures) != 0) Volatile.Write(ref _consecutiveFailures, 0);
        }
        else
        {
            Interlocked.Increment(ref _failures);
            _latency.ObserveFailure(latency, now);
            Interlocked.Increment(ref _consecutiveFailures);
        }
    }
}
