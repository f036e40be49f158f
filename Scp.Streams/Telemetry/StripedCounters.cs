namespace Scp.Streams.Telemetry;

/// <summary>
/// A row of 64-bit counters, kept once for each stripe of processors on cache lines of its own, so that cores that count the same
/// thing do not take the line from each other. Adding allocates nothing; reading adds the stripes up.
/// </summary>
public sealed class StripedCounters
{
    /// <summary>Longs on one cache line.</summary>
    private const int LineLength = 8;

    private static readonly int StripeMask =
        (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, 16)) - 1;

    private readonly long[] _cells;
    private readonly int _stride;

    public StripedCounters(int count)
    {
        Count = count;
        _stride = (count + LineLength - 1) / LineLength * LineLength;
        _cells = new long[(StripeMask + 1) * _stride + LineLength];
    }

    public int Count { get; }

    public void Add(int index, long value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
        Interlocked.Add(ref _cells[(Thread.GetCurrentProcessorId() & StripeMask) * _stride + index], value);
    }

    public void Increment(int index) => Add(index, 1);

    public long Read(int index)
    {
        var sum = 0L;
        for (var stripe = 0; stripe <= StripeMask; stripe++) sum += Volatile.Read(ref _cells[stripe * _stride + index]);
        return sum;
    }
}
