using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Actors.LoadBalancing;

/// <summary>
/// The backend with the fewest requests under way per weight, of all. Best for few backends and long requests; every pick looks at every
/// backend, and several proxies tend to find the same idle one at once.
/// </summary>
/// <remarks>
/// Ties go to the one that is met first. The walk begins at a random place, by weight, and has a random stride without common divisor
/// with the count, so that it is not the neighbour of a busy one that is met first.
/// </remarks>
public sealed class LeastRequestsPolicy : ILoadBalancingPolicy
{
    public const string PolicyName = "least-requests";

    private const int MaxStrides = 32;

    private const int MaxDraws = 4;

    public string Name => PolicyName;

    public object? Prepare(CandidateSet candidates) => new Walks(AliasTable.For(candidates), StridesOf(candidates.Count));

    public int Pick(in PickContext context, CandidateSet candidates, in TriedBackends tried)
    {
        var backends = candidates.Backends;
        var weights = candidates.Weights;
        if (backends.Length == 0) return -1;
        var walks = (Walks)candidates.Prepared!;
        var at = StartOf(walks, context.Random, candidates, tried);
        var stride = walks.Strides[context.Random.Next(walks.Strides.Length)];
        var best = -1;
        var (load, weight) = (long.MaxValue, 1L);
        for (var left = backends.Length; left > 0; left--)
        {
            long active = backends[at].ActiveExchanges;
            if ((best < 0 || active * weight < load * weights[at]) && candidates.IsOpen(at, tried))
            {
                if (active == 0) return at;
                (best, load, weight) = (at, active, weights[at]);
            }

            at += stride - backends.Length;
            at += backends.Length & (at >> 31); // no branch: whether it wraps is as good as random, and a wrong guess costs more than the rest
        }

        return best;
    }

    /// <summary>An open one where that is easily found: else those that follow a closed one would get what it does not.</summary>
    private static int StartOf(Walks walks, PickRandom random, CandidateSet candidates, in TriedBackends tried)
    {
        var start = 0;
        for (var draws = 0; draws < MaxDraws; draws++)
        {
            start = walks.Table?.Draw(random) ?? random.Next(candidates.Count);
            if (candidates.IsOpen(start, tried)) break;
        }

        return start;
    }

    /// <summary>With every stride its opposite, so that of two ties each is met first equally often.</summary>
    private static int[] StridesOf(int count)
    {
        if (count <= 2) return [count - 1];
        var strides = new List<int>();
        for (var stride = 1; stride <= count / 2 && strides.Count < MaxStrides; stride++)
            if (GreatestCommonDivisor(stride, count) == 1) strides.AddRange(stride * 2 == count ? [stride] : [stride, count - stride]);
        return [.. strides];
    }

    private static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);

    private sealed record Walks(AliasTable? Table, int[] Strides);
}
