using Scp.Actors.Discovery;
using Scp.Host.Admin;
using Scp.Streams.Balancing;
using Scp.Tests.Support;

namespace Scp.Tests.Admin;

public sealed class PoolsTextSpec
{
    [Fact]
    public void A_table_shows_every_backend_of_every_pool()
    {
        var shop = PoolReport.Of(
            Standings.Pool(
                "shop", Standings.Of("127.0.0.1:8080"), Standings.Of("b", s => s with { Administrative = AdministrativeState.Draining, Weight = 5 }),
                Standings.Of("c", s => s with { Health = HealthStatus.Ejected, Circuit = CircuitState.Open })),
            now: 0);

        Assert.Equal(
            """
            carts: round-robin, 1 of 1 available
              members by dns carts.internal: 1, answered 12 s ago
              BACKEND  STATE  WEIGHT  TIER  ACTIVE  OK  FAILED  ADDRESS
              a        up     1       0     0       0   0       127.0.0.1:8080

            shop: round-robin, 1 of 3 available
              BACKEND         STATE                  WEIGHT  TIER  ACTIVE  OK  FAILED  ADDRESS
              127.0.0.1:8080  up                     1       0     0       0   0
              b               up, draining           5       0     0       0   0       127.0.0.1:8080
              c               ejected, circuit open  1       0     0       0   0       127.0.0.1:8080

            """,
            PoolsText.Render(new PoolsReport(
            [
                PoolReport.Of(Standings.Pool("carts", Standings.Of("a")), now: 0) with
                {
                    Discovery = new DiscoveryReport(DiscoveryType.Dns, "carts.internal", 1, "", 12_345),
                },
                shop with { Tiers = [shop.Tiers[0] with { Panic = false }] },
            ])));
    }

    [Fact]
    public void Tiers_are_shown_when_there_are_several_or_one_panics()
    {
        var text = Render(Standings.Of("a", s => s with { Health = HealthStatus.Down }), Standings.Of("b", s => s with { Priority = 1 }));

        Assert.Contains("\n  tier 0: 0 % of the requests\n  tier 1: 100 % of the requests\n", text);
        Assert.Contains(
            "\n  tier 0: 100 % of the requests, in panic: too few of its backends are left\n", Render(Standings.Of("a", s => s with { Health = HealthStatus.Down })));
    }

    [Fact]
    public void An_answer_that_has_grown_old_says_why()
    {
        var report = PoolReport.Of(Standings.Pool("p", Standings.Of("a")), 0) with
        {
            Discovery = new DiscoveryReport(DiscoveryType.Srv, "_http._tcp.p", 3, "no such name", 600_000),
        };

        Assert.Contains("members by srv _http._tcp.p: 3, of an answer 10 min ago; since then: no such name\n", PoolsText.Render(new PoolsReport([report])));
    }

    [Fact]
    public void A_limit_stands_behind_the_load_and_slow_start_behind_the_state()
    {
        var standing = Standings.Of("a", s => s with { MaxRequests = 10, WarmingSince = 1_000 });
        standing.Backend.TryStart(int.MaxValue);
        var report = new PoolsReport([PoolReport.Of(Standings.Pool("p", standing), now: 4_000)]);

        Assert.Contains("up, warming up for 3 s  1       0     1/10 ", PoolsText.Render(report));
    }

    [Fact]
    public void Without_pools_it_says_so() => Assert.Equal("There are no pools.\n", PoolsText.Render(new PoolsReport([])));

    private static string Render(params BackendStanding[] standings) =>
        PoolsText.Render(new PoolsReport([PoolReport.Of(Standings.Pool("p", standings), 0)]));
}
