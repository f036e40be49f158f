using Scp.Actors.BackendPools;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Tests.Actors.BackendPools;

public class OutlierRulesSpec
{
    private PoolAt _pool = new(PoolStates.Of(4), 100_000);

    [Fact]
    public void Five_failures_in_a_row_eject()
    {
        Assert.DoesNotContain(_pool.Do(PoolStates.Failures("a", 4)), e => e is BackendEjected);

        var ejected = Assert.Single(_pool.Do(PoolStates.Failures("a", 5)).OfType<BackendEjected>());

        Assert.Equal(HealthStatus.Ejected, _pool.HealthOf("a"));
        Assert.Equal((_pool.Now + 10_000, 1), (ejected.Until, ejected.Repetition));
        Assert.Equal("5 failures in a row, the last one: a 5xx status", ejected.Cause);
    }

    [Fact]
    public void Half_of_twenty_requests_failing_ejects()
    {
        _pool.Do(PoolStates.Mixed("a", 10, 9));
        Assert.Equal(HealthStatus.Up, _pool.HealthOf("a"));

        _pool.Do(PoolStates.Mixed("a", 0, 1));

        Assert.Equal(HealthStatus.Ejected, _pool.HealthOf("a"));
    }

    [Fact]
    public void What_is_older_than_the_window_does_not_count()
    {
        _pool.Do(PoolStates.Mixed("a", 0, 19));
        _pool.Pass(seconds: 20);

        _pool.Do(PoolStates.Mixed("a", 1, 1));

        Assert.Equal(HealthStatus.Up, _pool.HealthOf("a"));
    }

    [Fact]
    public void An_ejection_ends_and_each_repetition_takes_longer()
    {
        _pool.Do(PoolStates.Failures("a", 5));
        _pool.Pass(seconds: 9.9);
        Assert.Equal(HealthStatus.Ejected, _pool.HealthOf("a"));
        _pool.Pass(seconds: 0.1);
        Assert.Equal(HealthStatus.Up, _pool.HealthOf("a"));

        var again = Assert.Single(_pool.Do(PoolStates.Failures("a", 5)).OfType<BackendEjected>());

        Assert.Equal((_pool.Now + 20_000, 2), (again.Until, again.Repetition));
    }

    [Fact]
    public void A_slow_start_that_begins_is_not_ended_by_the_one_before()
    {
        _pool = new PoolAt(PoolStates.Of(4, "slow-start.window = 20s"), 100_000);
        _pool.Do(PoolStates.Failures("a", 5));
        _pool.Pass(seconds: 10);
        _pool.Do(PoolStates.Failures("a", 5));
        Assert.Equal(_pool.Now + 20_000, _pool["a"].EjectedUntil);

        _pool.Pass(seconds: 20); // the end of the ejection, and of the slow start that it cut

        Assert.Equal((HealthStatus.Up, _pool.Now), (_pool.HealthOf("a"), _pool["a"].WarmingSince));
    }

    [Fact]
    public void Peace_makes_up_for_earlier_ejections()
    {
        _pool.Do(PoolStates.Failures("a", 5));
        _pool.Pass(seconds: 10);
        _pool.Do(PoolStates.Failures("a", 5));
        _pool.Pass(seconds: 20);
        _pool.Pass(seconds: 10);

        Assert.Equal(2, _pool.Do(PoolStates.Failures("a", 5)).OfType<BackendEjected>().Single().Repetition);
    }

    [Fact]
    public void No_ejection_is_longer_than_the_longest()
    {
        _pool = new PoolAt(PoolStates.Of(4, "outlier.max-ejection-time = 15s"), 0);
        _pool.Do(PoolStates.Failures("a", 5));
        _pool.Pass(seconds: 10);

        Assert.Equal(_pool.Now + 15_000, _pool.Do(PoolStates.Failures("a", 5)).OfType<BackendEjected>().Single().Until);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    public void Never_more_than_a_share_of_the_pool_is_out(int backends, int ejected)
    {
        _pool = new PoolAt(PoolStates.Of(backends), 0);

        foreach (var backend in _pool.State.Order) _pool.Do(PoolStates.Failures(backend, 5));

        Assert.Equal(ejected, _pool.State.Backends.Values.Count(b => b.Health == HealthStatus.Ejected));
    }

    [Fact]
    public void Whoever_is_down_already_counts_as_out()
    {
        for (var i = 0; i < 3; i++) _pool.Do(new ProbeFailed("a", "no"));
        _pool.Do(PoolStates.Failures("b", 5));

        _pool.Do(PoolStates.Failures("c", 5));

        Assert.Equal([HealthStatus.Down, HealthStatus.Ejected, HealthStatus.Up], new[] { "a", "b", "c" }.Select(_pool.HealthOf));
    }

    [Fact]
    public void A_backend_slower_than_the_others_is_ejected_if_it_is_asked_for()
    {
        _pool = new PoolAt(PoolStates.Of(4, "outlier.slow-factor = 5"), 0);
        foreach (var backend in new[] { "a", "b", "c" }) _pool.Do(PoolStates.Successes(backend, 50, milliseconds: 30));

        _pool.Do(PoolStates.Successes("d", 50, milliseconds: 149));
        Assert.Equal(HealthStatus.Up, _pool.HealthOf("d"));
        var ejected = _pool.Do(PoolStates.Successes("d", 50, milliseconds: 161)).OfType<BackendEjected>().Single();

        Assert.Equal("155 ms on average, the others 30 ms", ejected.Cause);
    }

    [Fact]
    public void What_is_fast_enough_is_never_too_slow()
    {
        _pool = new PoolAt(PoolStates.Of(4, "outlier.slow-factor = 5"), 0);
        foreach (var backend in new[] { "a", "b", "c" }) _pool.Do(PoolStates.Successes(backend, 50, milliseconds: 1));

        _pool.Do(PoolStates.Successes("d", 50, milliseconds: 90));

        Assert.Equal(HealthStatus.Up, _pool.HealthOf("d"));
    }

    [Fact]
    public void Switched_off_it_ejects_nothing_and_lets_go_of_what_it_ejected()
    {
        _pool.Do(PoolStates.Failures("a", 5));
        _pool.Do(new MembersChanged(PoolStates.Settings(4, "outlier.enabled = off"), PoolStates.Settings(4).Backends));
        _pool.Pass(seconds: 1);
        Assert.Equal(HealthStatus.Up, _pool.HealthOf("a"));

        _pool.Do(PoolStates.Failures("a", 50));

        Assert.Equal(HealthStatus.Up, _pool.HealthOf("a"));
    }

    [Fact]
    public void A_backend_that_cannot_be_reached_comes_back_when_a_connection_can_be_made()
    {
        _pool.Do(PoolStates.Failures("a", 5, AttemptOutcome.ConnectFailed));
        _pool.Do(PoolStates.Failures("b", 5, AttemptOutcome.Reset));

        _pool.Do(new ProbePassed("a"));
        _pool.Do(new ProbePassed("b"));

        Assert.Equal((HealthStatus.Up, HealthStatus.Ejected), (_pool.HealthOf("a"), _pool.HealthOf("b")));
    }
}
