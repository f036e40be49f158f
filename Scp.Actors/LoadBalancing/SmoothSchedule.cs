using System.Numerics;
using System.Runtime.InteropServices;
using Scp.Streams.Balancing;

namespace Scp.Actors.LoadBalancing;

/// <summary>
/// One round of smooth weighted round robin, as nginx goes it: every step each candidate gains its weight, the first of those that have
/// most is taken and loses the sum of all weights. Weights 5, 1, 1 give a a b a c a a instead of a a a a a b c.
/// </summary>
internal sealed class SmoothSchedule
{
    /// <summary>Steps of the longest round.</summary>
    private const int MaxLength = 16_384;

    private SmoothSchedule(int[] turns) => Turns = turns;

    /// <summary>Indexes of candidates in the order of their turns.</summary>
    public int[] Turns { get; }

    /// <remarks>
    /// Weights are divided by what they have in common. A round that is still longer than 16,384 steps (or than one step each, with more
    /// backends than that) is shortened: each share is then rounded to a whole number of its steps, so it is off by at most half a step,
    /// 0.003 % of the traffic, and those below that get one step.
    /// </remarks>
    public static SmoothSchedule For(CandidateSet candidates)
    {
        if (!candidates.HasWeights) return new SmoothSchedule([.. Enumerable.Range(0, candidates.Count)]);
        var weights = Reduce(candidates.Weights);
        var current = new int[weights.Length];
        var turns = new int[weights.Sum()];
        for (var i = 0; i < turns.Length; i++)
        {
            var most = current.AsSpan().IndexOf(GainAndFindMost(current, weights));
            current[most] -= turns.Length;
            turns[i] = most;
        }

        return new SmoothSchedule(turns);
    }

    private static int[] Reduce(int[] weights)
    {
        var divisor = weights.Aggregate(0, (a, b) => (int)BigInteger.GreatestCommonDivisor(a, b));
        var sum = weights.Sum(w => (long)w) / divisor;
        var longest = Math.Max(MaxLength, weights.Length);
        if (sum <= longest) return [.. weights.Select(w => w / divisor)];
        return [.. weights.Select(w => Math.Max(1, (int)Math.Round((double)w / divisor * longest / sum)))];
    }

    /// <summary>A round over 10,000 backends has as many steps, each of which looks at all of them: eight at a time.</summary>
    private static int GainAndFindMost(int[] current, int[] weights)
    {
        var most = int.MinValue;
        var vectors = MemoryMarshal.Cast<int, Vector<int>>(current.AsSpan());
        var gains = MemoryMarshal.Cast<int, Vector<int>>(weights.AsSpan());
        var mosts = new Vector<int>(most);
        for (var i = 0; i < vectors.Length; i++) mosts = Vector.Max(mosts, vectors[i] += gains[i]);
        for (var i = 0; i < Vector<int>.Count; i++) most = Math.Max(most, mosts[i]);
        for (var i = vectors.Length * Vector<int>.Count; i < current.Length; i++) most = Math.Max(most, current[i] += weights[i]);
        return most;
    }
}
