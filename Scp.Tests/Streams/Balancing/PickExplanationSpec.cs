using Scp.Actors.LoadBalancing;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Balancing;

public sealed class PickExplanationSpec
{
    private static readonly Dictionary<string, string> East = new() { ["zone"] = "east" };

    [Fact]
    public void The_decision_that_is_watched_is_the_one_that_is_not()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var standings = Enumerable.Range(0, random.Next(1, 9)).Select(i => Anybody(random, i)).ToArray();
            var subset = random.Next(3) == 0 ? new LabelSubset(East, random.Next(2) == 0) : null;
            var session = random.Next(3) == 0 ? standings[random.Next(standings.Length)].Backend : null;
            var request = new PickRequest(0, subset, session);
            var silent = default(SilentPick);

            var pick = BackendDecision.Pick(Pool(standings), request, default, 5_000, new PickRandom((ulong)seed), ref silent);
            var trace = PickExplanation.Explain(Pool(standings), request, default, 5_000, (ulong)seed);

            Assert.Equal((pick.Backend?.Name, pick.Reason, pick.Refusal), (trace.Picked, trace.Reason, trace.Refusal));
            Assert.Equal(pick.Backend is null ? 0 : 1, trace.Backends.Count(b => b.Verdict == BackendVerdict.Taken));
            Assert.All(trace.Backends, b => Assert.NotEqual("", b.Why));
        }
    }

    [Fact]
    public void Every_backend_has_its_verdict()
    {
        var full = Standing("full") with { MaxRequests = 0 };
        var tried = new TriedBackends();
        tried.Add(new Backend("elsewhere", Routes.Backend("x").Address));
        var warming = Standing("warming") with { WarmingSince = 5_000 };
        var trace = PickExplanation.Explain(
            Pool(Standing("down") with { Health = HealthStatus.Down }, Standing("drained") with { Administrative = AdministrativeState.Draining },
                full, warming, Standing("fine"), Standing("west") with { Labels = new Dictionary<string, string> { ["zone"] = "west" } },
                Standing("spare") with { Priority = 1 }),
            new PickRequest(0, new LabelSubset(East, false), null), tried, 5_000, 1);

        Assert.Equal(
            "down Excluded, drained Excluded, full Busy, warming LeftToWarm, fine Taken, west OutsideSubset, spare OtherTier",
            string.Join(", ", trace.Backends.Select(b => $"{b.Name} {b.Verdict}")));
        Assert.Equal(0.1, trace.Backends[3].Warmth);
        Assert.Equal((6, false), (trace.Subset!.Members, trace.Subset.FellBack));
    }

    [Fact]
    public void A_panic_is_shown_with_those_who_get_requests_in_it()
    {
        var trace = PickExplanation.Explain(
            Pool(Standing("a") with { Health = HealthStatus.Down }, Standing("b") with { Health = HealthStatus.Down }), default, default, 0, 1);

        var tier = Assert.Single(trace.Tiers);
        Assert.Equal((2, 0, 2, true, 1), (tier.Backends, tier.Available, tier.Candidates, tier.IsPanic, tier.Order));
        Assert.StartsWith("taken in a panic, though down", trace.Backends.Single(b => b.Verdict == BackendVerdict.Taken).Why);
    }

    [Fact]
    public void A_session_that_its_backend_cannot_take_says_why()
    {
        var gone = Standing("gone") with { Administrative = AdministrativeState.Maintenance };
        var trace = PickExplanation.Explain(Pool(gone, Standing("b")), new PickRequest(0, null, gone.Backend), default, 0, 1);

        Assert.Equal(new SessionTrace("gone", "in maintenance"), trace.Session);
        Assert.Equal("b", trace.Picked);
    }

    [Fact]
    public void The_decision_that_nobody_watches_allocates_nothing()
    {
        var pool = Pool(Standing("a"), Standing("b"), Standing("c"));
        var random = new PickRandom(1);
        var silent = default(SilentPick);
        BackendDecision.Pick(pool, default, default, 0, random, ref silent);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) BackendDecision.Pick(pool, default, default, 0, random, ref silent);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static BackendStanding Anybody(Random random, int index) => Standing($"b{index}") with
    {
        Health = (HealthStatus)(random.Next(3) == 0 ? random.Next(4) : 0),
        Administrative = (AdministrativeState)(random.Next(4) == 0 ? random.Next(3) : 0),
        Circuit = (CircuitState)(random.Next(4) == 0 ? random.Next(3) : 0),
        Weight = random.Next(0, 4),
        Priority = random.Next(3),
        Labels = random.Next(2) == 0 ? East : new Dictionary<string, string>(),
        MaxRequests = random.Next(5) == 0 ? 0 : int.MaxValue,
        WarmingSince = random.Next(4) == 0 ? 4_000 : BackendStanding.NotWarming,
    };

    private static BackendStanding Standing(string name) => new(Routes.Backend(name)) { Labels = East };

    private static PoolSnapshot Pool(params BackendStanding[] standings) => new(
        "pool", standings, new RoundRobinPolicy(), Routes.Main.Current.Upstream,
        BalancingRules.Default with { SlowStart = new SlowStart(TimeSpan.FromSeconds(10), 0.1) });
}
