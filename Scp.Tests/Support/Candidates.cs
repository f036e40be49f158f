using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Tests.Support;

/// <summary>Backends, standings and candidate sets in one line.</summary>
public static class Candidates
{
    /// <summary>Candidates named b0, b1, ... with these weights.</summary>
    public static CandidateSet Weighted(ILoadBalancingPolicy policy, params int[] weights) =>
        Of(policy, [.. weights.Select((w, i) => Standing($"b{i}") with { Weight = w })]);

    public static CandidateSet Equal(ILoadBalancingPolicy policy, int count) => Weighted(policy, [.. Enumerable.Repeat(1, count)]);

    public static CandidateSet Of(ILoadBalancingPolicy policy, params BackendStanding[] standings) => new(standings, policy, SlowStart.Off);

    public static BackendStanding Standing(string name) => new(Routes.Backend(name));

    /// <summary>So many requests are under way at a backend.</summary>
    public static void Load(this Backend backend, int requests)
    {
        for (var i = 0; i < requests; i++) Assert.True(backend.TryStart(int.MaxValue));
    }

    public static TriedBackends Tried(this CandidateSet candidates, params IEnumerable<int> indexes)
    {
        var tried = default(TriedBackends);
        foreach (var index in indexes) tried.Add(candidates.Backends[index]);
        return tried;
    }
}
