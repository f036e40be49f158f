using Scp.Streams.Dispatch;
using Scp.Streams.Messages;

namespace Scp.Actors.LoadBalancing;

/// <summary>
/// One backend after the other. Retries count apart: were they to share the counter, a backend that always fails would, in a pool of
/// two, get every first attempt. They too go round all that are left, so no neighbour of a failing backend takes all its load.
/// </summary>
public sealed class RoundRobinPolicy : ILoadBalancingPolicy
{
    public const string PolicyName = "round-robin";

    private int _first = -1;
    private int _retries = -1;

    public string Name => PolicyName;

    public int Pick(Exchange exchange, IReadOnlyList<Backend> available, in TriedBackends tried)
    {
        if (available.Count == 0) return -1;
        return tried.Count == 0 ? Next(ref _first, available.Count) : PickUntried(available, tried);
    }

    private int PickUntried(IReadOnlyList<Backend> available, in TriedBackends tried)
    {
        var untried = 0;
        for (var i = 0; i < available.Count; i++)
            if (!tried.Contains(available[i])) untried++;
        if (untried == 0) return -1;

        var skip = Next(ref _retries, untried);
        for (var i = 0; i < available.Count; i++)
            if (!tried.Contains(available[i]) && skip-- == 0) return i;
        return -1;
    }

    private static int Next(ref int counter, int count) => (int)((uint)Interlocked.Increment(ref counter) % (uint)count);
}
