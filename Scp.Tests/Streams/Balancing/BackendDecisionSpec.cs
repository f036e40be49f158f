using Scp.Actors.LoadBalancing;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;
using Scp.Tests.Support;
using static Scp.Tests.Support.Candidates;

namespace Scp.Tests.Streams.Balancing;

public class BackendDecisionSpec
{
    private readonly PickRandom _random = new(1);

    [Fact]
    public void The_policy_picks_of_those_that_are_available()
    {
        var pool = Pool(Standing("a"), Standing("b") with { Health = HealthStatus.Down }, Standing("c"));
        Assert.Equal([5, 0, 5], Counts(pool, 10));
        Assert.Equal(PickReason.Policy, Pick(pool).Reason);
    }

    [Fact]
    public void Why_nobody_is_picked_is_said()
    {
        var rules = BalancingRules.Default with { Tiers = new TierRules(0, PanicMode.FailOpen, 1.4) };
        var down = Pool(rules, Standing("a") with { Health = HealthStatus.Down });
        Assert.Equal(PickRefusal.NoneAvailable, Pick(down).Refusal);

        var pool = Pool(Standing("a"), Standing("b") with { MaxRequests = 1 });
        var tried = pool.Tiers[0].Candidates.Tried(0, 1);
        Assert.Equal(PickRefusal.AllTried, Pick(pool, tried: tried).Refusal);

        pool.Backends[1].Load(1);
        var pick = Pick(pool, tried: pool.Tiers[0].Candidates.Tried(0));
        Assert.Equal((PickRefusal.AllBusy, null), (pick.Refusal, pick.Backend));
    }

    [Fact]
    public void When_the_tier_that_was_drawn_has_nobody_left_the_others_help()
    {
        var pool = Pool(Standing("a"), Standing("b") with { Priority = 1 });
        Assert.Same(pool.Backends[0], Pick(pool).Backend);
        Assert.Same(pool.Backends[1], Pick(pool, tried: pool.Tiers[0].Candidates.Tried(0)).Backend);
    }

    [Fact]
    public void A_session_goes_to_its_backend_even_while_that_drains()
    {
        var pool = Pool(Standing("a"), Standing("b") with { Administrative = AdministrativeState.Draining, Weight = 0 });
        var pick = Pick(pool, new PickRequest(0, null, pool.Backends[1]));
        Assert.Equal((pool.Backends[1], PickReason.Affinity), (pick.Backend, pick.Reason));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_session_whose_backend_is_gone_fails_or_finds_another_as_the_pool_says(bool fails)
    {
        var pool = Pool(BalancingRules.Default with { FailsWithoutSession = fails }, Standing("a"), Standing("b") with { Health = HealthStatus.Down });
        var pick = Pick(pool, new PickRequest(0, null, pool.Backends[1]));
        Assert.Equal(fails ? PickRefusal.SessionBackendGone : PickRefusal.None, pick.Refusal);
        Assert.Equal(fails ? null : pool.Backends[0], pick.Backend);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_session_whose_backend_is_busy_waits_for_it_or_goes_elsewhere_for_once(bool fails)
    {
        var pool = Pool(BalancingRules.Default with { FailsWithoutSession = fails }, Standing("a"), Standing("b") with { MaxRequests = 1 });
        pool.Backends[1].Load(1);
        var request = new PickRequest(0, null, pool.Backends[1]);

        var pick = Pick(pool, request);
        Assert.Equal(fails ? PickRefusal.AllBusy : PickRefusal.None, pick.Refusal);
        Assert.Equal((fails ? null : pool.Backends[0], !fails), (pick.Backend, pick.IsForOnce));

        var tried = Pick(pool, request, pool.Tiers[0].Candidates.Tried(1)); // it is no matter of room
        Assert.Equal(fails ? PickRefusal.SessionBackendGone : PickRefusal.None, tried.Refusal);
        Assert.False(tried.IsForOnce);
    }

    [Fact]
    public void A_subset_has_only_those_that_carry_its_labels()
    {
        var pool = Pool(Labelled("a", "blue"), Labelled("b", "green"), Labelled("c", "blue"));
        var blue = new LabelSubset(new Dictionary<string, string> { ["colour"] = "blue" }, FallsBackToAll: false);
        Assert.Equal([5, 0, 5], Counts(pool, 10, new PickRequest(0, blue, null)));

        var red = new LabelSubset(new Dictionary<string, string> { ["colour"] = "red" }, FallsBackToAll: false);
        Assert.Equal(PickRefusal.NoneAvailable, Pick(pool, new PickRequest(0, red, null)).Refusal);
        Assert.NotNull(Pick(pool, new PickRequest(0, red with { FallsBackToAll = true }, null)).Backend);
    }

    [Theory]
    [InlineData(RoundRobinPolicy.PolicyName)]
    [InlineData(RandomPolicy.PolicyName)]
    [InlineData(PowerOfTwoPolicy.PolicyName)]
    [InlineData(LeastRequestsPolicy.PolicyName)]
    public void A_warming_backend_gets_its_share_times_its_warmth(string policy)
    {
        var rules = BalancingRules.Default with { SlowStart = new SlowStart(TimeSpan.FromSeconds(10), 0.1) };
        var pool = new PoolSnapshot(
            "p", [Standing("a"), Standing("b") with { WarmingSince = 0 }, Standing("c"), Standing("d")], AnyPolicy.Create(policy), Upstream, rules);

        Assert.Equal(0.25 * 0.1, Share(0), 0.01);
        Assert.Equal(0.25 * 0.4, Share(4_000), 0.015);
        Assert.Equal(0.25, Share(10_000), 0.015);

        double Share(long now) => Counts(pool, 20_000, now: now)[1] / 20_000.0;
    }

    [Fact]
    public void When_all_are_warming_they_share_all_the_same()
    {
        var rules = BalancingRules.Default with { SlowStart = new SlowStart(TimeSpan.FromSeconds(10), 0.1) };
        var pool = new PoolSnapshot(
            "p", [.. "abcd".Select(n => Standing($"{n}") with { WarmingSince = 0 })], new RandomPolicy(), Upstream, rules);
        ChiSquare.AssertUniform(Counts(pool, 20_000, now: 0));
    }

    [Fact]
    public void A_tracer_sees_what_silent_picks_do()
    {
        var rules = BalancingRules.Default with { SlowStart = new SlowStart(TimeSpan.FromSeconds(10), 0.1) };
        var pool = Pool(rules, Standing("a") with { WarmingSince = 0 }, Standing("b"), Standing("gone") with { Health = HealthStatus.Down });
        var (silent, loud) = (new PickRandom(9), new PickRandom(9));
        var steps = new List<string>();
        for (var i = 0; i < 50; i++)
        {
            var tracer = new Recording(steps);
            var traced = BackendDecision.Pick(pool, new PickRequest(0, null, pool.Backends[2]), default, 0, loud, ref tracer);
            Assert.NotNull(traced.Backend);
        }

        Assert.Equal(50, steps.Count(s => s == "session gone Down"));
        Assert.Equal(50, steps.Count(s => s == "tier 0"));
        Assert.Contains("warming a", steps);
        for (var i = 0; i < 50; i++) Pick(pool, new PickRequest(0, null, pool.Backends[2]), random: silent);
        Assert.Equal(silent.Next(), loud.Next()); // both drew as often
    }

    private static readonly UpstreamSettings Upstream = Routes.Main.Current.Upstream;

    private static PoolSnapshot Pool(params BackendStanding[] standings) => Pool(BalancingRules.Default, standings);

    private static PoolSnapshot Pool(BalancingRules rules, params BackendStanding[] standings) =>
        new("p", standings, new RoundRobinPolicy(), Upstream, rules);

    private static BackendStanding Labelled(string name, string colour) =>
        Standing(name) with { Labels = new Dictionary<string, string> { ["colour"] = colour } };

    private BackendPick Pick(
        PoolSnapshot pool, PickRequest request = default, TriedBackends tried = default, long now = 0, PickRandom? random = null)
    {
        var tracer = default(SilentPick);
        return BackendDecision.Pick(pool, request, tried, now, random ?? _random, ref tracer);
    }

    private int[] Counts(PoolSnapshot pool, int picks, PickRequest request = default, long now = 0)
    {
        var picked = Enumerable.Range(0, picks).Select(_ => Pick(pool, request, now: now).Backend).ToList();
        return [.. pool.Backends.Select(b => picked.Count(p => p == b))];
    }

    private struct Recording(List<string> steps) : IPickTracer
    {
        public readonly void SessionRefused(Backend backend, Exclusion exclusion) => steps.Add($"session {backend.Name} {exclusion}");

        public readonly void TierChosen(PoolTier tier) => steps.Add($"tier {tier.Priority}");

        public readonly void LeftToWarm(Backend backend) => steps.Add($"warming {backend.Name}");
    }
}
