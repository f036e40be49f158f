using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Actors.LoadBalancing;

/// <summary>
/// The less loaded of two random backends. The default: nearly as even as to look at all of them, costs the same for any number of
/// backends, and many proxies that see only their own requests do not all run to the same idle one. Load is requests under way per weight.
/// </summary>
public sealed class PowerOfTwoPolicy : ILoadBalancingPolicy
{
    public const string PolicyName = "power-of-two";

    public string Name => PolicyName;

    public object? Prepare(CandidateSet candidates) => AliasTable.For(candidates);

    public int Pick(in PickContext context, CandidateSet candidates, in TriedBackends tried)
    {
        if (!TwoChoices.TryDraw(candidates, tried, context.Random, out var first, out var second)) return first;
        var (one, other) = (candidates.Backends[first].ActiveExchanges, candidates.Backends[second].ActiveExchanges);
        if (!candidates.HasWeights) return one <= other ? first : second;
        return (long)one * candidates.Weights[second] <= (long)other * candidates.Weights[first] ? first : second;
    }
}
