using Akka.Actor;
using Akka.TestKit.Xunit2;
using Scp.Actors;
using Scp.Actors.BackendPools;
using Scp.Actors.Configuration;
using Scp.Host;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;
using Scp.Streams.Limits;
using Scp.Tests.Support;

namespace Scp.Tests.Actors.BackendPools;

public sealed class PoolsActorSpec : TestKit
{
    private readonly PoolDirectory _directory = new();
    private readonly IActorRef _pools;

    public PoolsActorSpec()
        : base("akka.loglevel = OFF")
    {
        var environment = new ProxyEnvironment(
            TimeProvider.System, new Random(1), SocketConnector.Instance, new ListenerTelemetry(null, null), () => new ReadResult(null, [], []));
        var (directory, clock) = (_directory, new Clock(TimeProvider.System));
        _pools = Sys.ActorOf(Props.Create(() => new PoolsActor(directory, clock, environment)), "pools");
    }

    private PoolSnapshot Snapshot => _directory.Cells["origin"].Current;

    [Fact]
    public async Task A_restart_of_its_own_leaves_the_pools_alone()
    {
        await ApplyAsync("127.0.0.1:1");
        await AdministerAsync("origin", AdministrativeState.Draining);
        var (backend, pool) = (Snapshot.Backends[0], await ChildAsync());

        _pools.Tell(new Apply(null!, 1)); // it fails
        Assert.Equal("", (await AdministerAsync("origin", AdministrativeState.Maintenance)).Refusal);
        await ApplyAsync("127.0.0.1:1");

        Assert.Same(backend, Snapshot.Backends[0]);
        Assert.Equal(pool, await ChildAsync());
        Assert.Equal(AdministrativeState.Maintenance, Snapshot.Standings[0].Administrative);
    }

    [Fact]
    public async Task After_a_restart_of_its_own_a_reload_removes_what_is_gone()
    {
        await ApplyAsync("127.0.0.1:1", "scp.pools.other.backends = [{ address = \"127.0.0.1:2\" }]");
        _pools.Tell(new Apply(null!, 1));

        await ApplyAsync("127.0.0.1:1");

        Assert.Equal(["origin"], _directory.Cells.Keys);
    }

    [Fact]
    public async Task A_pool_that_is_not_there_cannot_be_administered() =>
        Assert.Equal("there is no pool nowhere", (await AdministerAsync("nowhere", AdministrativeState.Ready)).Refusal);

    [Fact]
    public async Task What_an_operator_said_survives_a_reload()
    {
        await ApplyAsync("127.0.0.1:1");
        await AdministerAsync("origin", AdministrativeState.Draining);

        await ApplyAsync("127.0.0.1:1", "scp.pools.origin.connections.max-idle = 7");

        Assert.Equal((7, AdministrativeState.Draining), (Snapshot.Upstream.MaxIdle, Snapshot.Standings[0].Administrative));
    }

    private Task<IActorRef> ChildAsync() => Sys.ActorSelection(_pools.Path / "origin").ResolveOne(TimeSpan.FromSeconds(10));

    private Task<BackendAdministered> AdministerAsync(string pool, AdministrativeState state) =>
        _pools.Ask<BackendAdministered>(new AdministerBackend(pool, "127.0.0.1:1", state, null), TimeSpan.FromSeconds(10));

    private Task ApplyAsync(string backend, string more = "") =>
        _pools.Ask<PoolsApplied>(new Apply(TestConfiguration.Read(backend, more), 1), TimeSpan.FromSeconds(10));
}
