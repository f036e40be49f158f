using Scp.Actors.Health;
using Scp.Streams.Balancing;

namespace Scp.Tests.Actors.Health;

public class RememberedBackendsSpec
{
    private static readonly TimeSpan Renew = TimeSpan.FromDays(1);

    [Fact]
    public void A_backend_without_anything_to_remember_is_not_written() =>
        Assert.Null(RememberedBackends.None.Decide(Facts.Of("a", HealthStatus.Up), Renew));

    [Fact]
    public void A_backend_that_is_down_is_written() =>
        Assert.NotNull(RememberedBackends.None.Decide(Facts.Of("a", HealthStatus.Down), Renew));

    [Fact]
    public void The_same_fact_again_is_not_written()
    {
        var down = Facts.Of("a", HealthStatus.Down);

        Assert.Null(RememberedBackends.Of([down]).Decide(down with { At = down.At.AddHours(1), Transition = "again" }, Renew));
    }

    [Fact]
    public void The_same_fact_much_later_is_written_so_that_it_does_not_grow_old()
    {
        var drained = Facts.Of("a", administrative: AdministrativeState.Draining);
        var later = drained with { At = drained.At + Renew };

        Assert.Equal(later, RememberedBackends.Of([drained]).Decide(later, Renew));
    }

    [Theory]
    [InlineData(HealthStatus.Ejected, AdministrativeState.Ready, CircuitState.Closed, null)]
    [InlineData(HealthStatus.Down, AdministrativeState.Maintenance, CircuitState.Closed, null)]
    [InlineData(HealthStatus.Down, AdministrativeState.Ready, CircuitState.Open, null)]
    [InlineData(HealthStatus.Down, AdministrativeState.Ready, CircuitState.Closed, 0)]
    [InlineData(HealthStatus.Up, AdministrativeState.Ready, CircuitState.Closed, null)]
    public void Each_of_the_facts_that_changes_is_news(HealthStatus health, AdministrativeState administrative, CircuitState circuit, int? weight)
    {
        var known = RememberedBackends.Of([Facts.Of("a", HealthStatus.Down)]);

        Assert.NotNull(known.Decide(Facts.Of("a", health, administrative, circuit, weight), Renew));
    }

    [Fact]
    public void A_backend_that_came_back_is_forgotten()
    {
        var known = RememberedBackends.Of([Facts.Of("a", HealthStatus.Down), Facts.Of("b", HealthStatus.Down)]);

        Assert.Equal(["b"], known.Apply(Facts.Of("a", HealthStatus.Up)).All.Select(b => b.Backend));
    }

    [Fact]
    public void Backends_of_two_pools_may_have_one_name()
    {
        var known = RememberedBackends.None.Apply(Facts.Of("a", HealthStatus.Down)).Apply(Facts.Of("a", HealthStatus.Ejected) with { Pool = "other" });

        Assert.Equal(HealthStatus.Down, known.Find("pool", "a")!.Health);
        Assert.Equal(HealthStatus.Ejected, known.Find("other", "a")!.Health);
    }

    [Fact]
    public void What_is_older_than_the_limit_is_forgotten()
    {
        var old = Facts.Of("a", HealthStatus.Down);
        var young = Facts.Of("b", HealthStatus.Down) with { At = old.At.AddTicks(1) };

        Assert.Equal(["b"], RememberedBackends.Of([old, young]).Since(young.At).All.Select(b => b.Backend));
    }

    [Fact]
    public void Of_too_many_the_oldest_goes()
    {
        var start = Facts.Of("a", HealthStatus.Down).At;
        var full = RememberedBackends.Of(Enumerable.Range(0, RememberedBackends.Most)
            .Select(i => Facts.Of($"b{i}", HealthStatus.Down) with { At = start.AddSeconds(i) }));

        var more = full.Apply(Facts.Of("new", HealthStatus.Down) with { At = start.AddDays(9) });

        Assert.Equal(RememberedBackends.Most, more.Count);
        Assert.Null(more.Find("pool", "b0"));
        Assert.NotNull(more.Find("pool", "new"));
    }
}
