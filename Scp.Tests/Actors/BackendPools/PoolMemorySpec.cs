using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Time.Testing;
using Scp.Actors;
using Scp.Actors.BackendPools;
using Scp.Actors.Configuration;
using Scp.Actors.Health;
using Scp.Actors.Serialization;
using Scp.Host;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;
using Scp.Streams.Limits;
using Scp.Tests.Actors.Health;
using Scp.Tests.Support;

namespace Scp.Tests.Actors.BackendPools;

/// <summary>What pools do with what is remembered of their backends, whenever it comes.</summary>
public sealed class PoolMemorySpec() : TestKit(ConfigurationFactory.ParseString("""
    akka.loglevel = OFF
    akka.persistence.journal.plugin = "akka.persistence.journal.inmem"
    akka.persistence.snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
    """ + "\n" + HealthSerializer.Hocon))
{
    private readonly FakeTimeProvider _time = new(Facts.Start);
    private readonly PoolDirectory _directory = new();

    [Fact]
    public async Task The_first_pools_wait_until_it_is_known_what_is_remembered()
    {
        await StoreAsync(Down);
        var database = new Database();
        var pools = Start(database, recoveryTimeout: "10s");

        pools.Tell(Configuration, TestActor);
        await pools.Ask<ActorIdentity>(new Identify(null), RemainingOrDefault);
        Assert.Empty(_directory.Cells); // it took the configuration, and waits
        database.Opens();

        ExpectMsg<PoolsApplied>(TimeSpan.FromSeconds(10));
        Assert.Contains(Standing.Health, new[] { HealthStatus.Suspect, HealthStatus.Down }); // its probe is sent at once, and fails soon
    }

    [Fact]
    public async Task A_database_that_does_not_answer_holds_nobody_and_is_heard_when_it_does()
    {
        await StoreAsync(Down, Facts.Of("unknown", HealthStatus.Down) with { Pool = "origin" });
        var database = new Database();
        var pools = Start(database, recoveryTimeout: "0s");

        pools.Tell(Configuration, TestActor);
        ExpectMsg<PoolsApplied>(TimeSpan.FromSeconds(10));
        Assert.Equal(HealthStatus.Up, Standing.Health);
        database.Opens();

        Eventually.Holds(() => Standing.Health is HealthStatus.Suspect or HealthStatus.Down);
    }

    [Fact]
    public void An_operators_word_is_said_again_before_it_grows_old()
    {
        var environment = new PoolEnvironment { Clock = new Clock(_time), Connector = SocketConnector.Instance, Journal = TestActor };
        var owned = new OwnedPool("origin", Settings.Pools["origin"], environment);
        var pool = Sys.ActorOf(Props.Create(() => new BackendPoolActor(owned, environment)));
        pool.Tell(new AdministerBackend("origin", Backend, AdministrativeState.Draining, null), ActorRefs.NoSender);
        Assert.Equal("admin-draining", ExpectMsg<Remember>().Backend.Transition);
        _time.Advance(TimeSpan.FromDays(2));

        pool.Tell(RenewMemory.Instance);

        var again = ExpectMsg<Remember>().Backend;
        Assert.Equal((AdministrativeState.Draining, _time.GetUtcNow()), (again.Administrative, again.At));
    }

    private const string Backend = "127.0.0.1:1";

    private static RememberedBackend Down => Facts.Of(Backend, HealthStatus.Down) with { Pool = "origin" };

    private static HostSettings Settings => TestConfiguration.Read(Backend);

    private static Apply Configuration => new(Settings, 1);

    private BackendStanding Standing => _directory.Cells["origin"].Current.Standings[0];

    /// <summary>What an earlier process left.</summary>
    private async Task StoreAsync(params RememberedBackend[] facts)
    {
        var database = new Database();
        database.Opens();
        var (health, time) = (Persistence(database, "0s"), (TimeProvider)_time);
        var journal = Sys.ActorOf(Props.Create(() => new HealthJournalActor(health, time)));
        foreach (var fact in facts) journal.Tell(new Remember(fact));
        Assert.Equal(0, (await journal.Ask<Flushed>(Flush.Instance, TimeSpan.FromSeconds(10))).Unwritten);
        Watch(journal);
        Sys.Stop(journal);
        ExpectTerminated(journal);
    }

    private IActorRef Start(Database database, string recoveryTimeout)
    {
        var environment = new ProxyEnvironment(
            _time, new Random(1), SocketConnector.Instance, new ListenerTelemetry(null, null), () => new ReadResult(null, [], []))
        {
            Persistence = Persistence(database, recoveryTimeout),
        };
        var directory = _directory;
        return Sys.ActorOf(Props.Create(() => new PoolsActor(directory, new Clock(environment.Time), environment)));
    }

    private static HealthPersistence Persistence(Database database, string recoveryTimeout) => new(
        TestConfiguration.Read(Backend, $"scp.persistence {{ enabled = on, recovery-timeout = {recoveryTimeout} }}").Persistence,
        database, new PersistenceMetrics());

    private sealed class Database : IHealthStorage
    {
        private readonly TaskCompletionSource<StorageOpening> _opening = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => "test";

        public void Opens() => _opening.SetResult(new StorageOpening(Failure: null));

        public Task<StorageOpening> OpenAsync(CancellationToken cancellation) => _opening.Task;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
