namespace Scp.Streams.Balancing;

/// <summary>
/// The randomness of decisions: SplitMix64 (Steele, Lea, Flood 2014), 8 bytes of state, seeded from outside so that a replay draws the
/// same. One for each connection: not thread-safe.
/// </summary>
public sealed class PickRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>0 to <paramref name="limit"/> - 1, by multiplication (Lemire 2019): the bias is below 2^-32 of a draw.</summary>
    public int Next(int limit) => (int)(((Next() >> 32) * (ulong)limit) >> 32);

    /// <summary>At least 0, below 1.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));
}
