using System.Net;
using BenchmarkDotNet.Attributes;
using Scp.Actors.LoadBalancing;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;
using Scp.Tests.Support;

namespace Scp.Benchmarks;

/// <summary>
/// What a decision costs that somebody could watch: silent must be as fast as the policy by itself plus the draw of a tier, and allocate
/// nothing; only the one that is watched pays.
/// </summary>
[MemoryDiagnoser]
public class PickTraceBenchmarks
{
    private readonly PickRandom _random = new(1);
    private PoolSnapshot _pool = null!;
    private CandidateSet _candidates = null!;

    [Params(10, 100)]
    public int Backends { get; set; }

    [GlobalSetup]
    public void Build()
    {
        var standings = Enumerable.Range(1, Backends)
            .Select(i => new BackendStanding(new Backend($"b{i}", new IPEndPoint(IPAddress.Loopback, i)))).ToArray();
        _pool = new PoolSnapshot("pool", standings, new RoundRobinPolicy(), Scp.Tests.Support.Routes.Main.Current.Upstream);
        _candidates = _pool.Tiers.All[0].Candidates;
    }

    [Benchmark(Baseline = true)]
    public int PolicyAlone() => _pool.Policy.Pick(new PickContext(0, 0, _random), _candidates, default);

    [Benchmark]
    public Backend? Silent()
    {
        var tracer = default(SilentPick);
        return BackendDecision.Pick(_pool, default, default, 0, _random, ref tracer).Backend;
    }

    [Benchmark]
    public PickTrace Explained() => PickExplanation.Explain(_pool, default, default, 0, 1);
}
