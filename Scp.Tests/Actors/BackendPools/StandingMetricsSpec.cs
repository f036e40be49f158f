using Scp.Actors.BackendPools;
using Scp.Actors.Discovery;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;
using Scp.Streams.Telemetry;
using Scp.Tests.Support;

namespace Scp.Tests.Actors.BackendPools;

public sealed class StandingMetricsSpec
{
    private readonly PoolDirectory _pools = new();

    [Fact]
    public void Every_backend_shows_its_three_facts_its_weight_and_its_load()
    {
        var busy = Standings.Of("a", s => s with { Weight = 7 });
        busy.Backend.TryStart(int.MaxValue);
        Publish(busy, Standings.Of("b", s => s with
        {
            Health = HealthStatus.Ejected, Administrative = AdministrativeState.Draining, Circuit = CircuitState.HalfOpen,
        }));

        var text = Text();

        Assert.Contains("scp_upstream_available{pool=\"p\",backend=\"a\"} 1\n", text);
        Assert.Contains("scp_upstream_available{pool=\"p\",backend=\"b\"} 0\n", text);
        Assert.Contains("scp_upstream_health{pool=\"p\",backend=\"a\",state=\"up\"} 1\n", text);
        Assert.Contains("scp_upstream_health{pool=\"p\",backend=\"b\",state=\"ejected\"} 1\n", text);
        Assert.Contains("scp_upstream_administrative{pool=\"p\",backend=\"b\",state=\"draining\"} 1\n", text);
        Assert.Contains("scp_upstream_circuit{pool=\"p\",backend=\"b\",state=\"half-open\"} 1\n", text);
        Assert.Contains("scp_upstream_weight{pool=\"p\",backend=\"a\"} 7\n", text);
        Assert.Contains("scp_upstream_requests_active{pool=\"p\",backend=\"a\"} 1\n", text);
        Assert.Contains("scp_pool_backends{pool=\"p\"} 2\n", text);
        Assert.Contains("scp_pool_backends_available{pool=\"p\"} 1\n", text);
    }

    [Fact]
    public void Every_tier_shows_its_share_and_whether_it_panics()
    {
        Publish(Standings.Of("a", s => s with { Health = HealthStatus.Down }), Standings.Of("b", s => s with { Priority = 1 }));

        Assert.Contains("scp_pool_tier_share{pool=\"p\",tier=\"0\"} 0\nscp_pool_tier_share{pool=\"p\",tier=\"1\"} 1\n", Text());
        Publish(Standings.Of("a", s => s with { Health = HealthStatus.Down }));
        Assert.Contains("scp_pool_tier_panic{pool=\"p\",tier=\"0\"} 1\n", Text());
    }

    [Fact]
    public void A_name_that_cannot_be_resolved_shows()
    {
        var cell = Publish(Standings.Of("a"));
        Assert.DoesNotContain("scp_pool_discovery_stale{", Text());
        var rules = new DiscoveryRules(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(9), 10);
        var state = DiscoveryState.Empty.After(NameAnswer.Of([new DiscoveredMember("10.0.0.1:80")], TimeSpan.Zero), rules, 0, out _);
        _pools.Publish(cell, new DiscoveryView(DiscoveryType.Dns, "x", state.After(NameAnswer.Failed("no"), rules, 0, out _)));

        var text = Text();

        Assert.Contains("scp_pool_discovery_members{pool=\"p\"} 1\n", text);
        Assert.Contains("scp_pool_discovery_stale{pool=\"p\"} 1\n", text);
        Assert.Contains("scp_pool_discovery_resolutions_total{pool=\"p\"} 2\n", text);
        Assert.Contains("scp_pool_discovery_failures_total{pool=\"p\"} 1\n", text);
    }

    private PoolCell Publish(params BackendStanding[] standings) => Add(new PoolCell(Standings.Pool("p", standings)));

    private PoolCell Add(PoolCell cell)
    {
        _pools.Add("p", cell, Akka.Actor.ActorRefs.Nobody);
        return cell;
    }

    private string Text() => PrometheusText.Write(StandingMetrics.Families(_pools));
}
