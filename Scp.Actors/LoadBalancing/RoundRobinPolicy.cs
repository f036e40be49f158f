using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Actors.LoadBalancing;

/// <summary>
/// One backend after the other. Retries count apart: were they to share the counter, a backend that always fails would, in a pool of
/// two, get every first attempt. They too go round all that are left, so no neighbour of a failing or full backend takes all its load.
/// </summary>
public sealed class RoundRobinPolicy : ILoadBalancingPolicy
{
    public const string PolicyName = "round-robin";

    private int _first = -1;
    private int _retries = -1;

    public string Name => PolicyName;

    public int Pick(in PickContext context, CandidateSet candidates, in TriedBackends tried)
    {
        var count = candidates.Count;
        if (count == 0) return -1;
        if (tried.Count > 0) return PickUntried(candidates, tried);
        var index = Next(ref _first, count);
        return candidates.HasRoom(index) ? index : PickUntried(candidates, tried);
    }

    private int PickUntried(CandidateSet candidates, in TriedBackends tried)
    {
        var open = 0;
        for (var i = 0; i < candidates.Count; i++)
            if (candidates.IsOpen(i, tried)) open++;
        if (open == 0) return -1;

        var skip = Next(ref _retries, open);
        for (var i = 0; i < candidates.Count; i++)
            if (candidates.IsOpen(i, tried) && skip-- == 0) return i;
        return -1;
    }

    private static int Next(ref int counter, int count) => (int)((uint)Interlocked.Increment(ref counter) % (uint)count);
}
