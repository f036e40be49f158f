namespace Scp.Streams.Dispatch;

/// <summary>
/// What the data plane saw of one backend: counted by every graph without a lock, read by the pool's actor. Every attempt is
/// reported once.
/// </summary>
public sealed class BackendOutcomes
{
    private long _successes, _failures, _latencies, _lateSuccesses, _lateFailures;
    private int _consecutiveFailures, _lastFailure, _period;
    private PeakEwma _latency;
    private OutcomeWatch _watch = OutcomeWatch.Silent;

    /// <summary>Everything since the backend was configured but what came too late for its period.</summary>
    public OutcomeTally Total => new(Volatile.Read(ref _successes), Volatile.Read(ref _failures), Volatile.Read(ref _latencies));

    /// <summary>All of them, late ones too.</summary>
    public long Successes => Volatile.Read(ref _successes) + Volatile.Read(ref _lateSuccesses);

    /// <summary>All of them, late ones too.</summary>
    public long Failures => Volatile.Read(ref _failures) + Volatile.Read(ref _lateFailures);

    /// <summary>What an attempt takes when it starts and reports with: one of an earlier period decides nothing.</summary>
    public int Period => Volatile.Read(ref _period);

    /// <summary>Failures since the last success.</summary>
    public int ConsecutiveFailures => Volatile.Read(ref _consecutiveFailures);

    /// <summary>How the last failure came about; Success when there was none.</summary>
    public AttemptOutcome LastFailure => (AttemptOutcome)Volatile.Read(ref _lastFailure);

    /// <summary>What counts as a failure and who is told of many in a row.</summary>
    public OutcomeWatch Watch
    {
        get => Volatile.Read(ref _watch);
        set => Volatile.Write(ref _watch, value);
    }

    /// <summary>Begins anew with that many failures in a row: 0, or one below the threshold for a backend on probation.</summary>
    public void RestartAt(int consecutiveFailures)
    {
        BeginPeriod();
        Volatile.Write(ref _consecutiveFailures, consecutiveFailures);
    }

    /// <summary>What is under way now decides nothing any more.</summary>
    public void BeginPeriod() => Interlocked.Increment(ref _period);

    /// <summary>Whether any attempt has shown how long it takes.</summary>
    public bool HasLatency => _latency.IsMeasured;

    /// <summary>Peak-sensitive average of the latency in ms; 0 when nothing was measured.</summary>
    /// <param name="now">Milliseconds of the clock.</param>
    public float LatencyAt(long now) => _latency.At(now);

    /// <summary>Counts an attempt of this period.</summary>
    public void Report(AttemptOutcome outcome, long latency, long now) => Report(outcome, latency, now, Period);

    /// <summary>Counts an attempt.</summary>
    /// <param name="outcome">How it ended.</param>
    /// <param name="latency">Milliseconds from the request to the response head or the failure.</param>
    /// <param name="now">Milliseconds of the clock.</param>
    /// <param name="period">The <see cref="Period"/> in which it started.</param>
    public void Report(AttemptOutcome outcome, long latency, long now, int period)
    {
        if (outcome == AttemptOutcome.Cancelled) return;
        var watch = Volatile.Read(ref _watch);
        if (period != Period)
        {
            Interlocked.Increment(ref watch.IsFailure(outcome) ? ref _lateFailures : ref _lateSuccesses);
            return;
        }

        if (!watch.IsFailure(outcome))
        {
            Interlocked.Increment(ref _successes);
            _latency.Observe(latency, now);
            Interlocked.Add(ref _latencies, latency);
            if (Volatile.Read(ref _consecutiveFailures) != 0) Volatile.Write(ref _consecutiveFailures, 0);
            return;
        }

        Interlocked.Increment(ref _failures);
        _latency.ObserveFailure(latency, now);
        Volatile.Write(ref _lastFailure, (int)outcome);
        if (Interlocked.Increment(ref _consecutiveFailures) == watch.Threshold) watch.Alarm();
    }
}
