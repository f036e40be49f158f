using Akka.Actor;
using Akka.Event;
using Scp.Actors.Configuration;
using Scp.Actors.Health;
using Scp.Streams.Balancing;

namespace Scp.Actors.BackendPools;

/// <summary>
/// /user/scp/pools: one <see cref="BackendPoolActor"/> for each pool of the settings in force, and the health journal. The first pools wait
/// until the journal has said what is remembered of their backends, but not for long. When this actor fails its pools go on: they are in
/// the directory, and it takes them up again.
/// </summary>
public sealed class PoolsActor : UntypedActor, IWithTimers, IWithUnboundedStash
{
    private readonly PoolDirectory _directory;
    private readonly PoolEnvironment _environment;
    private readonly HealthPersistence? _persistence;
    private readonly PickRandom _random;
    private readonly Dictionary<long, PendingApply> _applying = [];
    private IActorRef _journal = ActorRefs.Nobody;
    private RememberedBackends _remembered = RememberedBackends.None;
    private long _applies;

    public PoolsActor(PoolDirectory directory, PoolEnvironment environment, HealthPersistence? persistence = null)
    {
        _directory = directory;
        _environment = environment with { Journal = Self };
        _persistence = persistence;
        _random = new PickRandom(environment.Seed);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    protected override void PreStart()
    {
        if (_persistence is null) return;
        var (its, time) = (_persistence, _environment.Clock.Time);
        _journal = Context.ActorOf(Props.Create(() => new HealthJournalActor(its, time)), ActorPaths.Journal);
        _journal.Tell(Recall.Instance);
        Timers.StartSingleTimer("recall", RecallTimedOut.Instance, _persistence.Settings.RecoveryTimeout);
        Become(Recalling);
    }

    /// <summary>The pools and the journal outlive this instance.</summary>
    protected override void PreRestart(Exception reason, object message) => Stash.UnstashAll();

    protected override void PostRestart(Exception reason)
    {
        _journal = Context.Child(ActorPaths.Journal);
        if (!_journal.IsNobody()) _journal.Tell(Recall.Instance);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Apply apply: OnApply(apply.Settings.Pools); break;
            case ActorIdentity { MessageId: long apply }: OnTaken(apply); break;
            case AdministerBackend administer: OnAdminister(administer); break;
            case Remember remember: OnRemember(remember); break;
            case Recalled late: OnRecalledLate(late); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>A pool that fails is restarted by itself; the others do not notice.</summary>
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(10, TimeSpan.FromMinutes(1), _ => Directive.Restart);

    /// <summary>Nothing is applied before it is known what is remembered, or the wait for it is over.</summary>
    private void Recalling(object message)
    {
        switch (message)
        {
            case Recalled recalled:
                Timers.Cancel("recall");
                _remembered = RememberedBackends.Of(recalled.Backends);
                break;
            case RecallTimedOut:
                Context.GetLogger().Warning(
                    "What is remembered of backends is not known after {0} (scp.persistence.recovery-timeout); requests do not wait for it.",
                    _persistence!.Settings.RecoveryTimeout);
                break;
            default:
                Stash.Stash();
                return;
        }

        Become(OnReceive);
        Stash.UnstashAll();
    }

    private void OnApply(IReadOnlyDictionary<string, PoolSettings> pools)
    {
        foreach (var (gone, actor) in _directory.Actors.Where(p => !pools.ContainsKey(p.Key)).ToList())
        {
            Context.Stop(actor); // exchanges under way keep the snapshot they have
            _directory.Remove(gone);
        }

        var remembered = _remembered.All.ToLookup(b => b.Pool);
        foreach (var (name, settings) in pools)
        {
            if (_directory.Actors.TryGetValue(name, out var known)) known.Tell(new PoolChanged(settings));
            else Create(name, settings, [.. remembered[name]]);
        }

        if (pools.Count == 0)
        {
            Sender.Tell(PoolsApplied.Instance);
            return;
        }

        // Each answers after it has taken its change, so the answer means that new requests see all of them.
        _applying[++_applies] = new PendingApply(Sender, pools.Count);
        foreach (var pool in _directory.Actors.Values) pool.Tell(new Identify(_applies));
    }

    private void OnTaken(long apply)
    {
        if (!_applying.TryGetValue(apply, out var pending) || --pending.Missing > 0) return;
        _applying.Remove(apply);
        pending.Asker.Tell(PoolsApplied.Instance);
    }

    private void Create(string name, PoolSettings settings, IReadOnlyList<RememberedBackend> remembered)
    {
        var environment = _environment with { Seed = _random.Next() };
        var pool = new OwnedPool(name, settings, environment, remembered);
        var actor = Context.ActorOf(Props.Create(() => new BackendPoolActor(pool, environment)), ActorPaths.FreeName(Context, name));
        _directory.Add(name, pool.Cell, actor);
    }

    private void OnAdminister(AdministerBackend command)
    {
        if (_directory.Actors.TryGetValue(command.Pool, out var pool)) pool.Forward(command);
        else Sender.Tell(new BackendAdministered(null, $"there is no pool {command.Pool}"));
    }

    private void OnRemember(Remember remember)
    {
        _remembered = _remembered.Apply(remember.Backend);
        if (!_journal.IsNobody()) _journal.Tell(remember);
    }

    private void OnRecalledLate(Recalled late)
    {
        var news = late.Backends.Where(b => _remembered.Find(b.Pool, b.Backend) is null).ToList();
        foreach (var backend in news) _remembered = _remembered.Apply(backend);
        foreach (var pool in news.GroupBy(b => b.Pool))
            if (_directory.Actors.TryGetValue(pool.Key, out var actor)) actor.Tell(new Recalled([.. pool]));
    }

    private sealed class PendingApply(IActorRef asker, int missing)
    {
        public IActorRef Asker { get; } = asker;

        public int Missing { get; set; } = missing;
    }

    private sealed class RecallTimedOut : INoSerializationVerificationNeeded
    {
        public static readonly RecallTimedOut Instance = new();
    }
}

/// <summary>New requests see the pools of the new settings.</summary>
public sealed record PoolsApplied : INoSerializationVerificationNeeded
{
    public static readonly PoolsApplied Instance = new();
}
