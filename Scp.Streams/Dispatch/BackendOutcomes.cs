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

    public long Successes => Volatile.Read(ref _successes);

    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Failures since the last success.</summary>
    public int ConsecutiveFailures => Volatile.Read(ref _consecutiveFailures);

    /// <summary>Counts an attempt.</summary>
    /// <param name="outcome">How it ended.</param>
    /// <param name="latency">Milliseconds from the request to the response head or the failure.</param>
    public void Report(AttemptOutcome outcome, long latency)
    {
        _ = latency;
        if (outcome == AttemptOutcome.Cancelled) return;
        if (outcome == AttemptOutcome.Success)
        {
            Interlocked.Increment(ref _successes);
            if (Volatile.Read(ref _consecutiveFailures) != 0) Volatile.Write(ref _consecutiveFailures, 0);
        }
        else
        {
            Interlocked.Increment(ref _failures);
            Interlocked.Increment(ref _consecutiveFailures);
        }
    }
}
