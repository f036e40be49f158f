using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Actors.LoadBalancing;

/// <summary>
/// The one of two random backends where a request is expected to wait less: recent peak latency x (requests under way + 1) / weight.
/// Leaves a slow backend within one response, and tries it again as its peak fades; see <see cref="PeakEwma"/>.
/// </summary>
public sealed class PeakEwmaPolicy : ILoadBalancingPolicy
{
    public const string PolicyName = "peak-ewma";

    /// <summary>Latencies below the clock's resolution are alike; the requests under way then decide.</summary>
    private const float Resolution = 1;

    public string Name => PolicyName;

    public object? Prepare(CandidateSet candidates) => AliasTable.For(candidates);

    public int Pick(in PickContext context, CandidateSet candidates, in TriedBackends tried)
    {
        if (!TwoChoices.TryDraw(candidates, tried, context.Random, out var first, out var second)) return first;
        return Cost(candidates, first, context.Now) <= Cost(candidates, second, context.Now) ? first : second;
    }

    /// <summary>One that never answered gets a request to learn from, and no second one before it has answered others in good time.</summary>
    private static float Cost(CandidateSet candidates, int index, long now)
    {
        var backend = candidates.Backends[index];
        var active = backend.ActiveExchanges;
        var latency = backend.Outcomes.HasLatency || active == 0 ? backend.Outcomes.LatencyAt(now) : PeakEwma.Unmeasured;
        return (latency + Resolution) * (active + 1) / candidates.Weights[index];
    }
}
