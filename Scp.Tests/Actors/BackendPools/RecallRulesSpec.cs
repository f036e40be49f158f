using Scp.Actors.BackendPools;
using Scp.Actors.Health;
using Scp.Streams.Balancing;

namespace Scp.Tests.Actors.BackendPools;

public class RecallRulesSpec
{
    private PoolAt _pool = new(PoolStates.Of(2), 100_000);

    [Theory]
    [InlineData(HealthStatus.Down, CircuitState.Closed, "remembered as down")]
    [InlineData(HealthStatus.Ejected, CircuitState.Closed, "remembered as ejected")]
    [InlineData(HealthStatus.Suspect, CircuitState.Closed, "remembered as down")]
    [InlineData(HealthStatus.Up, CircuitState.Open, "remembered as with an open circuit")]
    public void What_is_remembered_as_not_well_is_suspect(HealthStatus health, CircuitState circuit, string cause)
    {
        var suspected = _pool.Do(Recall("a", health, circuit)).OfType<BackendSuspected>().Single();

        Assert.Equal(cause, suspected.Cause);
        Assert.Equal((HealthStatus.Suspect, CircuitState.Closed), (_pool.HealthOf("a"), _pool["a"].Circuit.State));
        Assert.Equal(HealthStatus.Up, _pool.HealthOf("b"));
    }

    [Fact]
    public void A_backend_that_has_proven_itself_meanwhile_is_not_suspect()
    {
        _pool.Do(PoolStates.Successes("a", 1));
        _pool.Do(new ProbePassed("b"));

        _pool.Do(Recall("a", HealthStatus.Down));
        _pool.Do(Recall("b", HealthStatus.Down));

        Assert.All(_pool.State.Backends.Values, b => Assert.Equal(HealthStatus.Up, b.Health));
    }

    [Fact]
    public void The_word_of_an_operator_holds_and_is_not_remembered_again()
    {
        var recalled = _pool.Do(Recall("a", HealthStatus.Up, administrative: AdministrativeState.Draining, weight: 5))
            .OfType<AdministrationChanged>().Single();

        Assert.Equal("", recalled.Transition);
        Assert.Equal((AdministrativeState.Draining, 5), (_pool["a"].Administrative, _pool["a"].Weight));
    }

    [Fact]
    public void The_word_of_an_operator_who_spoke_since_holds_against_it()
    {
        _pool.Do(new Administer("a", AdministrativeState.Draining, null));
        _pool.Do(new Administer("a", AdministrativeState.Ready, null));

        _pool.Do(Recall("a", HealthStatus.Up, administrative: AdministrativeState.Maintenance));

        Assert.Equal(AdministrativeState.Ready, _pool["a"].Administrative);
    }

    [Fact]
    public void The_word_of_an_operator_holds_against_it_even_if_it_changed_nothing()
    {
        _pool.Do(new Administer("a", AdministrativeState.Ready, null));

        _pool.Do(Recall("a", HealthStatus.Up, administrative: AdministrativeState.Maintenance));

        Assert.Equal(AdministrativeState.Ready, _pool["a"].Administrative);
    }

    [Fact]
    public void What_is_remembered_of_another_pool_says_nothing() => Assert.Empty(_pool.Do(new RecallStandings(
        [new RememberedBackend("other", "a", default, "down", HealthStatus.Down, default, default, null)])));

    private static RecallStandings Recall(
        string backend, HealthStatus health, CircuitState circuit = CircuitState.Closed,
        AdministrativeState administrative = AdministrativeState.Ready, int? weight = null) =>
        new([new RememberedBackend("origin", backend, default, "", health, administrative, circuit, weight)]);
}
