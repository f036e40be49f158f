using Scp.Actors.BackendPools;
using Scp.Actors.Health;
using Scp.Streams.Balancing;

namespace Scp.Tests.Actors.BackendPools;

public class ProbeRulesSpec
{
    private PoolAt _pool = new(PoolStates.Of(3, "health-check.type = tcp"), 100_000);

    [Fact]
    public void It_takes_three_failed_probes_in_a_row_to_go_down()
    {
        Fail("a", 2);
        _pool.Do(new ProbePassed("a"));
        Fail("a", 2);
        Assert.Equal(HealthStatus.Up, _pool.HealthOf("a"));

        Fail("a", 1);

        Assert.Equal(HealthStatus.Down, _pool.HealthOf("a"));
    }

    [Fact]
    public void It_takes_two_passed_probes_in_a_row_to_come_up()
    {
        Fail("a", 3);
        _pool.Do(new ProbePassed("a"));
        Fail("a", 1);
        _pool.Do(new ProbePassed("a"));
        Assert.Equal(HealthStatus.Down, _pool.HealthOf("a"));

        _pool.Do(new ProbePassed("a"));

        Assert.Equal(HealthStatus.Up, _pool.HealthOf("a"));
    }

    [Fact]
    public void A_probe_that_changes_nothing_leads_to_nothing()
    {
        _pool.Do(new ProbePassed("a"));
        _pool.Do(new ProbePassed("a"));

        Assert.Empty(_pool.Do(new ProbePassed("a")));
        Fail("b", 3);
        _pool.Do(new ProbeFailed("b", "refused"));
        Assert.Empty(_pool.Do(new ProbeFailed("b", "refused")));
    }

    [Fact]
    public void A_probe_that_decides_nothing_changes_no_snapshot() =>
        Assert.All(_pool.Do(new ProbeFailed("a", "refused")), e => Assert.False(e.ChangesSnapshot));

    [Fact]
    public void A_suspect_needs_one_probe_only_either_way()
    {
        foreach (var backend in _pool.State.Order) Suspect(backend);

        _pool.Do(new ProbePassed("a"));
        _pool.Do(new ProbeFailed("b", "refused"));

        Assert.Equal([HealthStatus.Up, HealthStatus.Down, HealthStatus.Suspect], _pool.State.Order.Select(_pool.HealthOf));
    }

    [Fact]
    public void A_passed_probe_does_not_end_an_ejection_for_bad_answers_but_failed_ones_take_it_down()
    {
        _pool.Do(PoolStates.Failures("a", 5));
        for (var i = 0; i < 5; i++) _pool.Do(new ProbePassed("a"));
        Assert.Equal(HealthStatus.Ejected, _pool.HealthOf("a"));

        Fail("a", 3);
        _pool.Pass(seconds: 60);

        Assert.Equal(HealthStatus.Down, _pool.HealthOf("a"));
    }

    [Fact]
    public void Who_comes_up_starts_slowly()
    {
        _pool = new PoolAt(PoolStates.Of(3, "health-check.type = tcp, slow-start.window = 30s"), 100_000);
        Assert.Equal(BackendStanding.NotWarming, _pool["a"].WarmingSince); // not at the start of the process
        Fail("a", 3);
        _pool.Do(new ProbePassed("a"));
        _pool.Do(new ProbePassed("a"));
        Assert.Equal(_pool.Now, _pool["a"].WarmingSince);

        _pool.Pass(seconds: 30);

        Assert.Equal(BackendStanding.NotWarming, _pool["a"].WarmingSince);
    }

    private void Suspect(string backend) => _pool.Do(new RecallStandings(
        [new RememberedBackend("origin", backend, default, "down", HealthStatus.Down, default, default, null)]));

    private void Fail(string backend, int times)
    {
        for (var i = 0; i < times; i++) _pool.Do(new ProbeFailed(backend, "refused"));
    }
}
