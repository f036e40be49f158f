using Scp.Actors.BackendPools;
using Scp.Streams.Balancing;

namespace Scp.Tests.Actors.BackendPools;

public class CircuitRulesSpec
{
    private const string Only = "outlier.enabled = off, circuit.backend.enabled = on";

    private PoolAt _pool = new(PoolStates.Of(2, Only), 100_000);

    [Fact]
    public void It_opens_at_a_share_of_failures_even_if_all_backends_fail()
    {
        foreach (var backend in _pool.State.Order) _pool.Do(PoolStates.Mixed(backend, 10, 10));

        Assert.All(_pool.State.Backends.Values, b => Assert.Equal(CircuitState.Open, b.Circuit.State));
    }

    [Theory]
    [InlineData(11, 9)]
    [InlineData(0, 19)]
    public void It_stays_closed_below_the_share_and_below_the_number(int successes, int failures)
    {
        _pool.Do(PoolStates.Mixed("a", successes, failures));

        Assert.Equal(CircuitState.Closed, _pool["a"].Circuit.State);
    }

    [Fact]
    public void It_becomes_half_open_after_its_time_and_closes_after_enough_successes()
    {
        Open();
        _pool.Pass(seconds: 4.9);
        Assert.Equal(CircuitState.Open, _pool["a"].Circuit.State);
        _pool.Pass(seconds: 0.1);
        Assert.Equal(CircuitState.HalfOpen, _pool["a"].Circuit.State);

        _pool.Do(PoolStates.Successes("a", 2));
        Assert.Equal(CircuitState.HalfOpen, _pool["a"].Circuit.State);
        _pool.Do(PoolStates.Successes("a", 1));

        Assert.Equal(CircuitState.Closed, _pool["a"].Circuit.State);
    }

    [Fact]
    public void One_failure_opens_a_half_open_circuit_again_and_for_longer()
    {
        Open();
        _pool.Pass(seconds: 5);

        var opened = _pool.Do(PoolStates.Mixed("a", 2, 1)).OfType<CircuitOpened>().Single();

        Assert.Equal((_pool.Now + 10_000, 2, "a request that tried it failed"), (opened.Until, opened.Repetition, opened.Cause));
    }

    [Fact]
    public void It_is_never_open_for_longer_than_the_longest()
    {
        _pool = new PoolAt(PoolStates.Of(1, Only + ", circuit.backend.max-open-time = 7s"), 0);
        Open();
        _pool.Pass(seconds: 5);

        Assert.Equal(_pool.Now + 7000, _pool.Do(PoolStates.Mixed("a", 0, 1)).OfType<CircuitOpened>().Single().Until);
    }

    [Fact]
    public void What_was_under_way_when_it_opened_says_nothing_new()
    {
        Open();
        var until = _pool["a"].Circuit.OpenUntil;

        _pool.Do(PoolStates.Mixed("a", 0, 50));

        Assert.Equal(until, _pool["a"].Circuit.OpenUntil);
    }

    [Fact]
    public void Health_is_another_fact()
    {
        Open();

        Assert.Equal(HealthStatus.Up, _pool.HealthOf("a"));
    }

    [Fact]
    public void While_it_is_half_open_the_first_failure_raises_the_alarm()
    {
        _pool = new PoolAt(PoolStates.Of(2, "outlier.enabled = on, circuit.backend.enabled = on"), 0);
        Assert.Equal(5, _pool.State.AlarmThresholdOf("a"));
        Open();
        _pool.Pass(seconds: 5);

        Assert.Equal((1, 5), (_pool.State.AlarmThresholdOf("a"), _pool.State.AlarmThresholdOf("b")));
        Assert.True(_pool.State.HasHalfOpenCircuit);
    }

    [Fact]
    public void Who_recovers_starts_slowly()
    {
        _pool = new PoolAt(PoolStates.Of(2, Only + ", slow-start.window = 10s"), 0);
        Open();
        _pool.Pass(seconds: 5);

        _pool.Do(PoolStates.Successes("a", 3));

        Assert.Equal(_pool.Now, _pool["a"].WarmingSince);
    }

    [Fact]
    public void The_circuit_of_the_pool_counts_all_backends_together()
    {
        _pool = new PoolAt(PoolStates.Of(2, "outlier.enabled = off, circuit.pool.enabled = on"), 0);
        _pool.Do(PoolStates.Mixed("a", 0, 40));
        _pool.Do(PoolStates.Mixed("b", 10, 0));
        Assert.Equal(CircuitState.Open, _pool.State.Circuit.State);
        Assert.Equal(CircuitState.Closed, _pool["a"].Circuit.State);

        _pool.Pass(seconds: 2);
        Assert.Equal(CircuitState.HalfOpen, _pool.State.Circuit.State);
        _pool.Do(PoolStates.Successes("b", 10));

        Assert.Equal(CircuitState.Closed, _pool.State.Circuit.State);
    }

    [Fact]
    public void Switched_off_by_a_reload_it_closes()
    {
        Open();
        var settings = PoolStates.Settings(2);
        _pool.Do(new MembersChanged(settings, settings.Backends));

        _pool.Pass(seconds: 1);

        Assert.Equal(CircuitState.Closed, _pool["a"].Circuit.State);
    }

    private void Open() => _pool.Do(PoolStates.Mixed("a", 0, 20));
}
