using System.Numerics;
using Scp.Streams.Balancing;

namespace Scp.Actors.LoadBalancing;

/// <summary>
/// Points of all candidates in order, each owned by the candidate that made it; a key belongs to the first point at or after it (Karger
/// et al. 1997). An index by the leading bits of the key leaves about one point to compare with.
/// </summary>
internal sealed class HashRing
{
    /// <summary>More points than this take longer to sort than a change of health should.</summary>
    private const int MaxPoints = 1 << 18;

    private readonly ulong[] _points;
    private readonly int[] _firsts;
    private readonly int _shift;

    public HashRing(CandidateSet candidates, int pointsPerWeight, double? boundedLoad)
    {
        var counts = CountPoints(candidates.Weights, pointsPerWeight);
        _points = new ulong[counts.Sum()];
        var owners = new int[_points.Length];
        var at = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            var name = StableHash.Of(candidates.Backends[i].Name);
            for (var n = 0; n < counts[i]; n++, at++) (_points[at], owners[at]) = (StableHash.Nth(name, n), i);
        }

        Array.Sort(_points, owners);
        var bits = Math.Max(1, BitOperations.Log2((uint)_points.Length));
        _shift = 64 - bits;
        _firsts = IndexPoints(1 << bits);
        Owners = new HashOwners(owners, candidates, boundedLoad);
    }

    public HashOwners Owners { get; }

    public int PlaceOf(ulong key)
    {
        var place = _firsts[(int)(key >> _shift)];
        while (place < _points.Length && _points[place] < key) place++;
        return place < _points.Length ? place : 0;
    }

    /// <summary>
    /// Too many are halved until they fit, all of them: a candidate's first points stay where they are, and others coming or going seldom
    /// changes their number. Each keeps at least one.
    /// </summary>
    private static int[] CountPoints(int[] weights, int pointsPerWeight)
    {
        var shift = 0;
        while (weights.Sum(w => ((long)w * pointsPerWeight) >> shift) > MaxPoints) shift++;
        return [.. weights.Select(w => (int)Math.Max(1, ((long)w * pointsPerWeight) >> shift))];
    }

    /// <summary>For each value of the leading bits, the first point at or after the keys that begin with it.</summary>
    private int[] IndexPoints(int buckets)
    {
        var firsts = new int[buckets];
        var point = 0;
        for (var i = 0; i < buckets; i++)
        {
            while (point < _points.Length && _points[point] < (ulong)i << _shift) point++;
            firsts[i] = point;
        }

        return firsts;
    }
}
