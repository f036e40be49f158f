using Akka.Actor;
using Akka.TestKit.Xunit2;
using Scp.Actors.BackendPools;
using Scp.Streams.Dispatch;
using Scp.Streams.Limits;
using Scp.Streams.Transport;
using Scp.Tests.Support;

namespace Scp.Tests.Actors.BackendPools;

public sealed class BackendPoolActorSpec() : TestKit("akka.loglevel = OFF")
{
    private readonly PoolSettings _settings = TestConfiguration.Read("127.0.0.1:1").Pools["origin"];

    [Fact]
    public async Task A_pool_that_is_restarted_keeps_its_connections_and_goes_on_looking_after_them()
    {
        var (pool, cell) = await StartAsync();
        var backend = cell.Current.Backends[0];
        Assert.True(Keeps(backend));

        pool.Tell(new PoolChanged(null!)); // it fails
        await pool.Ask<ActorIdentity>(new Identify(null), RemainingOrDefault);

        Assert.Equal(1, backend.Connections.IdleCount);
        Assert.True(Keeps(backend));
        await Sys.ActorSelection(pool.Path + "/*").ResolveOne(RemainingOrDefault);
    }

    [Fact]
    public async Task A_backend_keeps_its_connections_whatever_becomes_of_its_actor()
    {
        var (pool, cell) = await StartAsync();
        var actor = await Sys.ActorSelection(pool.Path + "/*").ResolveOne(RemainingOrDefault);

        Watch(actor);
        actor.Tell(Kill.Instance); // the strategy of its pool stops it
        ExpectTerminated(actor);

        Assert.True(Keeps(cell.Current.Backends[0]));
    }

    [Fact]
    public async Task A_backend_that_is_removed_keeps_no_connection()
    {
        var (pool, cell) = await StartAsync();
        var gone = cell.Current.Backends[0];

        pool.Tell(new PoolChanged(TestConfiguration.Read("127.0.0.1:2").Pools["origin"]));
        await pool.Ask<ActorIdentity>(new Identify(null), RemainingOrDefault);

        Assert.False(Keeps(gone));
        Assert.True(Keeps(cell.Current.Backends[0]));
    }

    [Fact]
    public async Task A_pool_that_is_removed_keeps_no_connection()
    {
        var (pool, cell) = await StartAsync();
        Watch(pool);

        Sys.Stop(pool);
        ExpectTerminated(pool);

        Assert.False(Keeps(cell.Current.Backends[0]));
    }

    private async Task<(IActorRef Pool, PoolCell Cell)> StartAsync()
    {
        var environment = new PoolEnvironment { Clock = new Clock(TimeProvider.System), Connector = SocketConnector.Instance };
        var owned = new OwnedPool("origin", _settings, environment);
        var pool = await Sys.ActorOf(Props.Create(() => new Supervisor(owned, environment))).Ask<IActorRef>("pool", RemainingOrDefault);
        await pool.Ask<ActorIdentity>(new Identify(null), RemainingOrDefault);
        return (pool, owned.Cell);
    }

    /// <summary>Whether an idle connection is taken back.</summary>
    private static bool Keeps(Backend backend)
    {
        var (_, transport) = InMemoryTransport.CreatePair();
        var connection = new UpstreamConnection(backend.Connections, transport, Nobody.Instance);
        backend.Connections.Opened();
        connection.Park(Clock.Never); // never too old for the sweep
        return backend.Connections.TryKeep(connection, maxIdle: 10);
    }

    private sealed class Supervisor : UntypedActor
    {
        private readonly IActorRef _pool;

        public Supervisor(OwnedPool pool, PoolEnvironment environment) =>
            _pool = Context.ActorOf(Props.Create(() => new BackendPoolActor(pool, environment)));

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Restart);

        protected override void OnReceive(object message) => Sender.Tell(_pool);
    }

    private sealed class Nobody : IBytePortOwner
    {
        public static readonly Nobody Instance = new();

        public void ReceiveCompleted(BytePort port)
        {
        }

        public void SendCompleted(BytePort port)
        {
        }
    }
}
