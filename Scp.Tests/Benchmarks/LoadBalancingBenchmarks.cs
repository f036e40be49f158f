using BenchmarkDotNet.Attributes;
using Scp.Actors.LoadBalancing;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;
using Scp.Tests.Support;

namespace Scp.Benchmarks;

/// <summary>
/// What a pick of one of 100 busy backends costs. Aims: 100 ns for every policy, 30 ns for power-of-two, no garbage; the whole decision
/// about the same, whether a tracer watches or not.
/// </summary>
[MemoryDiagnoser]
public class LoadBalancingBenchmarks
{
    private readonly PickRandom _random = new(1);
    private ILoadBalancingPolicy _policy = null!;
    private PoolSnapshot _pool = null!;
    private CandidateSet _candidates = null!;
    private long _now;

    [Params(
        PowerOfTwoPolicy.PolicyName, LeastRequestsPolicy.PolicyName, PeakEwmaPolicy.PolicyName, RoundRobinPolicy.PolicyName,
        WeightedRoundRobinPolicy.PolicyName, RandomPolicy.PolicyName, RingHashPolicy.PolicyName, MaglevPolicy.PolicyName)]
    public string Policy { get; set; } = "";

    /// <summary>Weights from 1 to 5, or all 1.</summary>
    [Params(false, true)]
    public bool Weighted { get; set; }

    [GlobalSetup]
    public void Build()
    {
        _policy = Policies.Create(Policy, new HashSettings { Key = HashKeySource.ClientAddress, Name = "", BoundedLoad = 1.25, RingPoints = 100 });
        _pool = new PoolSnapshot(
            "p", [.. Enumerable.Range(0, 100).Select(i => new BackendStanding(Routes.Backend($"b{i}")) { Weight = Weighted ? 1 + i % 5 : 1 })],
            _policy, Routes.Main.Current.Upstream);
        _candidates = _pool.Tiers[0].Candidates;
        foreach (var backend in _pool.Backends)
        {
            for (var active = 1 + _random.Next(8); active > 0; active--) backend.TryStart(int.MaxValue);
            backend.Outcomes.Report(AttemptOutcome.Success, _random.Next(50), 0);
        }
    }

    [Benchmark]
    public int Pick() => _policy.Pick(new PickContext(_random.Next(), ++_now & 0xfff, _random), _candidates, default);

    [Benchmark]
    public BackendPick Decide()
    {
        var silent = default(SilentPick);
        return BackendDecision.Pick(_pool, new PickRequest(_random.Next(), null, null), default, ++_now & 0xfff, _random, ref silent);
    }

    /// <summary>The same with somebody who counts: what the trace costs when it is on.</summary>
    [Benchmark]
    public int DecideWatched()
    {
        var counting = default(Counting);
        BackendDecision.Pick(_pool, new PickRequest(_random.Next(), null, null), default, ++_now & 0xfff, _random, ref counting);
        return counting.Steps;
    }

    private struct Counting : IPickTracer
    {
        public int Steps;

        public void SessionRefused(Backend backend, Exclusion exclusion) => Steps++;

        public void TierChosen(PoolTier tier) => Steps++;

        public void LeftToWarm(Backend backend) => Steps++;
    }
}

/// <summary>What a change of 10,000 backends costs each policy before the snapshot is published. Aim: 100 ms for those that hash.</summary>
[MemoryDiagnoser]
public class LoadBalancingBuildBenchmarks
{
    private BackendStanding[] _standings = null!;
    private ILoadBalancingPolicy _policy = null!;

    [Params(PowerOfTwoPolicy.PolicyName, WeightedRoundRobinPolicy.PolicyName, RingHashPolicy.PolicyName, MaglevPolicy.PolicyName)]
    public string Policy { get; set; } = "";

    /// <summary>Weights from 1 to 5, or all 1.</summary>
    [Params(false, true)]
    public bool Weighted { get; set; }

    [GlobalSetup]
    public void Build()
    {
        _policy = Policies.Create(Policy, new HashSettings { Key = HashKeySource.ClientAddress, Name = "", BoundedLoad = 1.25, RingPoints = 100 });
        _standings = [.. Enumerable.Range(0, 10_000).Select(i =>
            new BackendStanding(Routes.Backend($"backend-{i}")) { Weight = !Weighted ? 1 : i == 0 ? 1000 : 1 + i % 5 })];
    }

    [Benchmark]
    public CandidateSet TenThousand() => new(_standings, _policy, SlowStart.Off);
}
