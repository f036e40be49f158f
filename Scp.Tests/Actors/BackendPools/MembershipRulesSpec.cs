using Scp.Actors.BackendPools;
using Scp.Actors.Health;
using Scp.Streams.Balancing;

namespace Scp.Tests.Actors.BackendPools;

public class MembershipRulesSpec
{
    private PoolAt _pool = new(PoolStates.Of(2, "slow-start.window = 30s"), 100_000);

    [Fact]
    public void The_same_settings_lead_to_nothing() =>
        Assert.Empty(_pool.Do(new MembersChanged(_pool.State.Settings, _pool.State.Settings.Backends)));

    [Fact]
    public void A_backend_keeps_its_standing_through_a_reload()
    {
        _pool.Do(new Administer("a", AdministrativeState.Draining, 7));
        for (var i = 0; i < 3; i++) _pool.Do(new ProbeFailed("b", "refused"));

        Change(PoolStates.Settings(3));

        Assert.Equal(AdministrativeState.Draining, _pool["a"].Administrative);
        Assert.Equal(7, _pool["a"].Weight);
        Assert.Equal(HealthStatus.Down, _pool.HealthOf("b"));
        Assert.Equal(["a", "b", "c"], _pool.State.Order.ToArray());
    }

    [Fact]
    public void Who_joins_a_running_pool_starts_slowly_and_who_was_there_at_the_start_does_not()
    {
        Change(PoolStates.Settings(3, "slow-start.window = 30s"));

        Assert.Equal((BackendStanding.NotWarming, 100_000), (_pool["a"].WarmingSince, _pool["c"].WarmingSince));
    }

    [Fact]
    public void The_same_name_at_another_address_is_another_backend()
    {
        for (var i = 0; i < 3; i++) _pool.Do(new ProbeFailed("a", "refused"));
        var settings = _pool.State.Settings;
        var moved = settings.Backends[0] with { Address = "127.0.0.1:99" };

        _pool.Do(new MembersChanged(settings, [moved, settings.Backends[1]]));

        Assert.Equal(("127.0.0.1:99", HealthStatus.Up), (_pool["a"].Settings.Address, _pool.HealthOf("a")));
    }

    [Theory]
    [InlineData("127.0.0.1:1")]
    [InlineData("127.0.0.1:99")]
    public void What_an_operator_said_of_a_backend_outlives_its_membership(string address)
    {
        _pool.Do(new Administer("a", AdministrativeState.Maintenance, 3));
        var settings = _pool.State.Settings;
        _pool.Do(new MembersChanged(settings, [settings.Backends[1]]));
        Assert.False(_pool.State.Backends.ContainsKey("a"));

        _pool.Do(new MembersChanged(settings, [settings.Backends[0] with { Address = address }, settings.Backends[1]]));

        Assert.Equal((AdministrativeState.Maintenance, 3), (_pool["a"].Administrative, _pool["a"].Weight));
    }

    [Fact]
    public void It_holds_for_a_backend_that_moves_too()
    {
        _pool.Do(new Administer("a", AdministrativeState.Draining, null));
        var settings = _pool.State.Settings;

        _pool.Do(new MembersChanged(settings, [settings.Backends[0] with { Address = "127.0.0.1:99" }]));

        Assert.Equal(AdministrativeState.Draining, _pool["a"].Administrative);
        Assert.Equal(["a"], _pool.State.Order.ToArray());
    }

    [Fact]
    public void A_backend_that_comes_later_is_what_was_remembered_of_it()
    {
        _pool.Do(new RecallStandings([Remembered("c", HealthStatus.Down)]));

        Change(PoolStates.Settings(3));

        Assert.Equal(HealthStatus.Suspect, _pool.HealthOf("c"));
    }

    private static RememberedBackend Remembered(string backend, HealthStatus health) =>
        new("origin", backend, default, "down", health, AdministrativeState.Ready, CircuitState.Closed, null);

    private void Change(PoolSettings settings) => _pool.Do(new MembersChanged(settings, settings.Backends));
}
