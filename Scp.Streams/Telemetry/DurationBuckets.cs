namespace Scp.Streams.Telemetry;

/// <summary>The buckets of the duration histogram: finds the one of a duration in timestamp ticks.</summary>
internal sealed class DurationBuckets(IReadOnlyList<TimeSpan> bounds, TimeProvider time)
{
    private readonly long[] _bounds = [.. bounds.Select(bound => (long)(bound.TotalSeconds * time.TimestampFrequency))];

    /// <summary>Upper bounds in seconds.</summary>
    public IReadOnlyList<double> Bounds { get; } = [.. bounds.Select(bound => bound.TotalSeconds)];

    /// <summary>One more than there are bounds: the last bucket is for all that took longer.</summary>
    public int Count => _bounds.Length + 1;

    /// <summary>The first bucket whose bound is not below the duration.</summary>
    public int Of(long duration)
    {
        var bucket = 0;
        while (bucket < _bounds.Length && duration > _bounds[bucket]) bucket++;
        return bucket;
    }

    public double Seconds(long duration) => (double)duration / time.TimestampFrequency;
}
