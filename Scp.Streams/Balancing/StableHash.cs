using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Scp.Streams.Balancing;

/// <summary>
/// Hashes that are the same in every process and after every restart, so that all nodes and all versions of a node agree where a key
/// belongs. Clients can compute them too: whoever may choose keys may choose its backend.
/// </summary>
public static class StableHash
{
    public static ulong Of(ReadOnlySpan<byte> bytes) => XxHash3.HashToUInt64(bytes);

    public static ulong Of(string text) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan()));

    /// <summary>Spreads a number over all 64 bits: the finaliser of SplitMix64 (Steele, Lea, Flood 2014). A bijection.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>The n-th number of the sequence that belongs to a hash.</summary>
    public static ulong Nth(ulong hash, int n) => Mix(hash + ((ulong)n + 1) * 0x9E3779B97F4A7C15);
}
