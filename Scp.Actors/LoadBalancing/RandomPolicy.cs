using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Actors.LoadBalancing;

/// <summary>
/// A random backend, by weight. Knows nothing of loads, so in a busy pool some backend is always well above the average; needs no state,
/// so many proxies that know nothing of each other together do what one does.
/// </summary>
public sealed class RandomPolicy : ILoadBalancingPolicy
{
    public const string PolicyName = "random";

    public string Name => PolicyName;

    public object? Prepare(CandidateSet candidates) => AliasTable.For(candidates);

    public int Pick(in PickContext context, CandidateSet candidates, in TriedBackends tried)
    {
        if (candidates.Count == 0) return -1;
        var index = candidates.Prepared is AliasTable table ? table.Draw(context.Random) : context.Random.Next(candidates.Count);
        return candidates.IsOpen(index, tried) ? index : candidates.RandomOpen(tried, context.Random);
    }
}
