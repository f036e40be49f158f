using Akka.Actor;
using Akka.Event;
using Scp.Actors.Configuration;
using Scp.Actors.Discovery;
using Scp.Actors.Health;
using Scp.Streams.Balancing;
using Scp.Streams.Limits;

namespace Scp.Actors.BackendPools;

/// <summary>
/// /user/scp/pools: one <see cref="BackendPoolActor"/> for each pool of the settings in force, and the health journal. The first pools wait
/// until the journal has said what is remembered of their backends, but not for long. When this actor fails its pools go on: they are in
/// the directory, and it takes them up again.
/// </summary>
public sealed class PoolsActor : UntypedActor, IWithTimers, IWithUnboundedStash
{
    private static readonly TimeSpan ApplyLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ResolveLimit = TimeSpan.FromSeconds(6); // above the longest discovery.timeout

    private readonly PoolDirectory _directory;
    private readonly ProxyEnvironment _proxy;
    private readonly PoolEnvironment _environment;
    private readonly PickRandom _random;
    private IActorRef _journal = ActorRefs.Nobody;
    private RememberedBackends _remembered = RememberedBackends.None;

    public PoolsActor(PoolDirectory directory, Clock clock, ProxyEnvironment proxy)
    {
        _directory = directory;
        _proxy = proxy;
        _random = new PickRandom((ulong)proxy.Random.NextInt64());
        _environment = new PoolEnvironment
        {
            Clock = clock,
            Connector = proxy.Connector,
            Metrics = proxy.Telemetry.Upstream,
            ForgetMetrics = proxy.Telemetry.ForgetUpstream,
            Journal = Self,
        };
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    protected override void PreStart()
    {
        if (_proxy.Persistence is not { } persistence) return;
        var (its, time) = (persistence, _environment.Clock.Time);
        _journal = Context.ActorOf(Props.Create(() => new HealthJournalActor(its, time)), ActorPaths.Journal);
        _journal.Tell(Recall.Instance);
        Timers.StartSingleTimer("recall", RecallTimedOut.Instance, persistence.Settings.RecoveryTimeout);
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
            case AdministerBackend administer: OnAdminister(administer); break;
            case Remember remember: OnRemember(remember); break;
            case RenewMemory:
                foreach (var pool in _directory.Actors.Values) pool.Tell(message);
                break;
            case Recalled late: OnRecalledLate(late); break;
            case JournalRestarted: OnJournalRestarted(); break;
            case Flush: FlushAsync(_directory.Actors.Values, Sender).PipeTo(Self); break;
            case PoolsFlushed flushed: _journal.Tell(Flush.Instance, flushed.Requester); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>A pool that fails is restarted by itself; the others do not notice.</summary>
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(_ => Directive.Restart); // however often: a pool without its actor would be neither probed nor reloaded

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
                    _proxy.Persistence!.Settings.RecoveryTimeout);
                break;
            case JournalRestarted:
                _journal.Tell(Recall.Instance); // it has forgotten who asked
                return;
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

        var resolving = pools.Where(p => p.Value.Discovery.Type != DiscoveryType.Off).Select(p => _directory.Actors[p.Key]);
        AppliedAsync([.. _directory.Actors.Values], [.. resolving]).PipeTo(Sender);
    }

    /// <summary>
    /// Names are resolved first, so that new requests find members. Each pool answers after it has taken its change: they see all of them.
    /// </summary>
    private static async Task<PoolsApplied> AppliedAsync(IReadOnlyList<IActorRef> pools, IReadOnlyList<IActorRef> resolving)
    {
        try
        {
            await Task.WhenAll(resolving.Select(p => p.Ask<FirstAnswerKnown>(AwaitFirstAnswer.Instance, ResolveLimit)));
        }
        catch (AskTimeoutException)
        {
            // A pool that failed meanwhile resolves anew; the others must not wait for it.
        }

        await Task.WhenAll(pools.Select(p => p.Ask<ActorIdentity>(new Identify(null), ApplyLimit)));
        return PoolsApplied.Instance;
    }

    private void Create(string name, PoolSettings settings, IReadOnlyList<RememberedBackend> remembered)
    {
        var environment = _environment with { Seed = _random.Next() };
        var pool = new OwnedPool(name, settings, environment, remembered);
        var context = new DiscoveryContext(
            name, _proxy.Resolvers, environment.Clock, _proxy.Random, view => _directory.Publish(pool.Cell, view));
        environment = environment with { Discovery = asked => Props.Create(() => new DiscoveryActor(asked, context)) };
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

    /// <summary>It has lost what it had not written yet.</summary>
    private void OnJournalRestarted()
    {
        _journal.Tell(Recall.Instance);
        foreach (var pool in _directory.Actors.Values) pool.Tell(RenewMemory.Instance);
    }

    /// <summary>What pools have said before they answer is here before the result is, and so it is with the journal before its flush.</summary>
    private static async Task<PoolsFlushed> FlushAsync(IEnumerable<IActorRef> pools, IActorRef requester)
    {
        await Task.WhenAll(pools.Select(p => p.Ask<ActorIdentity>(new Identify(null), ApplyLimit)));
        return new PoolsFlushed(requester);
    }

    private void OnRecalledLate(Recalled late)
    {
        var news = late.Backends.Where(b => _remembered.Find(b.Pool, b.Backend) is null).ToList();
        foreach (var backend in news) _remembered = _remembered.Apply(backend);
        foreach (var pool in news.GroupBy(b => b.Pool))
            if (_directory.Actors.TryGetValue(pool.Key, out var actor)) actor.Tell(new Recalled([.. pool]));
    }

    private sealed record PoolsFlushed(IActorRef Requester) : INoSerializationVerificationNeeded;

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
