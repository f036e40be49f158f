namespace Scp.Streams.Telemetry;

/// <summary>
/// Decides when the operator hears of lost lines: when it begins, when it is over, and at most once a minute. Used by the writer alone.
/// </summary>
internal sealed class DropReport(string sink, TimeProvider time, Action<string> warn)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private long _reportedAt;
    private long _reportedDrops;
    private bool _hasReported;
    private bool _failing;

    /// <summary>The sink refused a batch.</summary>
    public void Failed(string cause, long dropped)
    {
        _failing = true;
        if (!IsDue()) return;
        Report($"The access log {sink} cannot be written ({cause}): {dropped - _reportedDrops} lines were dropped; trying again.", dropped);
    }

    /// <summary>The sink took a batch.</summary>
    public void Wrote(long dropped)
    {
        if (dropped == _reportedDrops && !_failing) return;
        if (!IsDue()) return;
        Report(_failing
            ? $"The access log {sink} is written again; {dropped - _reportedDrops} more lines were dropped."
            : $"The access log {sink} is too slow: {dropped - _reportedDrops} lines were dropped; "
                + "access-log.queue-capacity is how many may wait.",
            dropped);
        _failing = false;
    }

    private bool IsDue() => !_hasReported || time.GetElapsedTime(_reportedAt) >= Interval;

    private void Report(string sentence, long dropped)
    {
        _hasReported = true;
        _reportedAt = time.GetTimestamp();
        _reportedDrops = dropped;
        warn(sentence);
    }
}
