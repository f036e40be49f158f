using Scp.Actors.LoadBalancing;
using Scp.Streams.Balancing;
using Scp.Tests.Support;
using static Scp.Tests.Support.Candidates;

namespace Scp.Tests.Streams.Balancing;

public class PoolTiersSpec
{
    [Fact]
    public void A_healthy_first_tier_takes_everything()
    {
        var tiers = Build(Tier(0, up: 3, down: 1), Tier(1, up: 2, down: 0)); // 75 % x 1.4 is more than enough
        Assert.Equal([1, 0], tiers.All.Select(t => t.Share));
        Assert.Equal(3, tiers[0].Candidates.Count);
        Assert.Equal(0, tiers.Draw(new PickRandom(1)));
    }

    [Fact]
    public void What_a_tier_cannot_take_spills_over_to_the_next()
    {
        var tiers = Build(Tier(0, up: 1, down: 1), Tier(1, up: 2, down: 0), Tier(2, up: 2, down: 0)); // 50 % x 1.4
        Assert.Equal([0.7, 0.3, 0.0], tiers.All.Select(t => Math.Round(t.Share, 9)));
        Assert.DoesNotContain(tiers.All, t => t.IsPanic);
    }

    [Fact]
    public void Tiers_are_drawn_by_their_shares()
    {
        var tiers = Build(Tier(0, up: 1, down: 1), Tier(1, up: 2, down: 0));
        var random = new PickRandom(5);
        var counts = new int[2];
        for (var i = 0; i < 10_000; i++) counts[tiers.Draw(random)]++;
        ChiSquare.AssertFits(counts, [0.7, 0.3]);
    }

    [Fact]
    public void When_all_together_cannot_take_everything_each_takes_its_part()
    {
        var tiers = Build(new TierRules(0, PanicMode.FailOpen, 1.4), Tier(0, up: 1, down: 4), Tier(1, up: 1, down: 6)); // 0.28 and 0.2
        Assert.Equal([0.28 / 0.48, 0.2 / 0.48], tiers.All.Select(t => t.Share), (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.DoesNotContain(tiers.All, t => t.IsPanic);
    }

    [Fact]
    public void A_tier_with_too_few_left_fails_open_when_no_other_can_help()
    {
        var tiers = Build(Tier(0, up: 1, down: 3));
        Assert.True(tiers[0].IsPanic);
        Assert.Equal(4, tiers[0].Candidates.Count);
        Assert.Equal(1, tiers[0].Share);
    }

    [Fact]
    public void A_tier_with_too_few_left_does_not_panic_while_another_can_take_its_traffic()
    {
        var tiers = Build(Tier(0, up: 1, down: 3), Tier(1, up: 4, down: 0));
        Assert.DoesNotContain(tiers.All, t => t.IsPanic);
        Assert.Equal([1, 4], tiers.All.Select(t => t.Candidates.Count));
    }

    [Fact]
    public void A_tier_that_fails_closed_has_nobody_and_no_share()
    {
        var rules = TierRules.Default with { Panic = PanicMode.FailClosed };
        var tiers = Build(rules, Tier(0, up: 1, down: 5), Tier(1, up: 2, down: 2)); // 0.23 and 0.7
        Assert.Equal([true, false], tiers.All.Select(t => t.IsPanic));
        Assert.Equal([0, 2], tiers.All.Select(t => t.Candidates.Count));
        Assert.Equal([0, 1], tiers.All.Select(t => t.Share));

        Assert.Equal(-1, Build(rules, Tier(0, up: 1, down: 3)).Draw(new PickRandom(1)));
    }

    [Fact]
    public void When_all_are_down_the_first_tier_fails_open()
    {
        var tiers = Build(Tier(0, up: 0, down: 2), Tier(1, up: 0, down: 3));
        Assert.Equal([1, 0], tiers.All.Select(t => t.Share));
        Assert.Equal(2, tiers[0].Candidates.Count);
    }

    [Fact]
    public void Without_a_threshold_nobody_is_picked_when_all_are_down()
    {
        var tiers = Build(new TierRules(0, PanicMode.FailOpen, 1.4), Tier(0, up: 0, down: 2));
        Assert.Equal(-1, tiers.Draw(new PickRandom(1)));
    }

    [Fact]
    public void What_an_operator_took_out_neither_counts_as_missing_nor_is_used_in_a_panic()
    {
        var drained = Standing("drained") with { Administrative = AdministrativeState.Draining };
        var maintained = Standing("maintained") with { Administrative = AdministrativeState.Maintenance };
        var weightless = Standing("weightless") with { Weight = 0 };
        var up = Standing("up");
        Assert.False(Build([drained, maintained, weightless, up])[0].IsPanic);

        var panic = Build([drained, maintained, weightless, up with { Health = HealthStatus.Down }]);
        Assert.Equal([up.Backend], panic[0].Candidates.Backends);
        Assert.Equal(-1, Build([drained, maintained, weightless]).Draw(new PickRandom(1)));
    }

    [Fact]
    public void Tiers_come_in_order_of_priority_whatever_the_order_of_the_configuration() =>
        Assert.Equal([0, 3, 7], Build(Tier(7, 1, 0), Tier(0, 1, 0), Tier(3, 1, 0)).All.Select(t => t.Priority));

    [Fact]
    public void Shares_sum_to_one_and_none_is_negative_for_any_pool()
    {
        var random = new PickRandom(11);
        for (var i = 0; i < 500; i++)
        {
            var rules = new TierRules(random.NextDouble(), (PanicMode)random.Next(2), 1 + random.NextDouble());
            var tiers = Build(rules, [.. Enumerable.Range(0, 1 + random.Next(4)).Select(p => Tier(p, random.Next(4), random.Next(4)))]);
            Assert.All(tiers.All, t => Assert.InRange(t.Share, 0, 1 + 1e-9));
            Assert.All(tiers.All, t => Assert.True(t.Share == 0 || t.Candidates.Count > 0));
            var anybody = tiers.All.Any(t => t.Candidates.Count > 0);
            Assert.Equal(anybody ? 1 : 0, tiers.All.Sum(t => t.Share), 1e-6);
            Assert.Equal(anybody, tiers.Draw(random) >= 0);
        }
    }

    private static PoolTiers Build(params BackendStanding[][] tiers) => Build(TierRules.Default, tiers);

    private static PoolTiers Build(TierRules rules, params BackendStanding[][] tiers) =>
        PoolTiers.Build([.. tiers.SelectMany(t => t)], new RandomPolicy(), BalancingRules.Default with { Tiers = rules });

    private static BackendStanding[] Tier(int priority, int up, int down) =>
        [.. Enumerable.Range(0, up + down).Select(i => Standing($"{priority}-{i}") with
        {
            Priority = priority,
            Health = i < up ? HealthStatus.Up : HealthStatus.Down,
        })];
}
