using System.Numerics;
using Scp.Streams.Telemetry;

namespace Scp.Streams.Dispatch.Overload;

/// <summary>
/// Latencies in microseconds, counted without a lock in buckets of an eighth of a power of two: 1 µs to two minutes, each within 13 %.
/// </summary>
public sealed class LatencyHistogram
{
    private const int SubBits = 3;
    private const int Sub = 1 << SubBits;
    private const int Octaves = 25;
    private const int Buckets = (Octaves << SubBits) + Sub;

    private readonly StripedCounters _counters = new(Buckets);
    private readonly long[] _taken = new long[Buckets];
    private readonly long[] _window = new long[Buckets];

    /// <summary>From any thread.</summary>
    public void Add(long microseconds) => _counters.Increment(BucketOf(microseconds));

    /// <summary>
    /// The median of what was added since the last median was taken; false, and nothing is taken, when that is fewer than
    /// <paramref name="fewest"/>. By one thread at a time.
    /// </summary>
    public bool TryTakeMedian(int fewest, out double microseconds)
    {
        var count = 0L;
        for (var i = 0; i < Buckets; i++) count += _window[i] = _counters.Read(i) - _taken[i];
        microseconds = 0;
        if (count < fewest) return false;
        for (var i = 0; i < Buckets; i++) _taken[i] += _window[i];
        microseconds = Median(count);
        return true;
    }

    /// <summary>Within its bucket the median lies as deep as its rank does: half a bucket would be a jump of the limit.</summary>
    private double Median(long count)
    {
        var before = 0L;
        for (var i = 0; ; i++)
        {
            if (before + _window[i] >= (count + 1) / 2.0)
            {
                var (low, high) = (LowerBound(i), LowerBound(i + 1));
                return low + (high - low) * ((count + 1) / 2.0 - before) / (_window[i] + 1);
            }

            before += _window[i];
        }
    }

    private static int BucketOf(long microseconds)
    {
        if (microseconds < Sub) return (int)Math.Max(0, microseconds);
        var octave = BitOperations.Log2((ulong)microseconds) - SubBits;
        return Math.Min(Buckets - 1, ((octave + 1) << SubBits) + (int)((microseconds >> octave) & (Sub - 1)));
    }

    private static double LowerBound(int bucket) =>
        bucket < Sub ? bucket : (double)((long)(Sub + (bucket & (Sub - 1))) << ((bucket >> SubBits) - 1));
}
