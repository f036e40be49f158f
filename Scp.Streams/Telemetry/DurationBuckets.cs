namespace Scp.Streams.Telemetry;

/// <summary>
/// The bounds of the duration histogram, in seconds: from what a fast service on the same network needs to the longest default
/// timeout, two or three bounds for each power of ten.
/// </summary>
internal sealed class DurationBuckets(TimeProvider time)
{
    public static readonly double[] Bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private readonly long[] _bounds = [.. Bounds.Select(seconds => (long)(seconds * time.TimestampFrequency))];

    /// <summary>One more than there are bounds: the last bucket is for all that took longer.</summary>
    public static int Count => Bounds.Length + 1;

    /// <summary>The bucket of a duration in timestamp ticks.</summary>
    public int Of(long duration)
    {
        var bucket = 0;
        while (bucket < _bounds.Length && duration > _bounds[bucket]) bucket++;
        return bucket;
    }

    public double Seconds(long duration) => (double)duration / time.TimestampFrequency;
}
