using Akka.Actor;
using Akka.Event;
using Scp.Actors.Configuration;
using Scp.Actors.Connections;
using Scp.Actors.Discovery;
using Scp.Actors.Health;
using Scp.Streams.Dispatch;
using Scp.Streams.Limits;

namespace Scp.Actors.BackendPools;

/// <summary>
/// /user/scp/pools: one <see cref="BackendPoolActor"/> for each pool of the settings in force, and the health journal. The first pools wait
/// until the journal has said what is remembered of their backends, but not for long.
/// </summary>
public sealed class PoolsActor(PoolDirectory directory, Clock clock, ProxyEnvironment environment)
    : UntypedActor, IWithTimers, IWithUnboundedStash
{
    private static readonly TimeSpan ApplyLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ResolveLimit = TimeSpan.FromSeconds(6); // above the longest discovery.timeout

    private readonly Dictionary<string, IActorRef> _pools = [];
    private IActorRef _journal = ActorRefs.Nobody;
    private RememberedBackends _remembered = RememberedBackends.None;

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    protected override void PreStart()
    {
        if (environment.Persistence is not { } persistence) return;
        var (its, time) = (persistence, clock.Time);
        _journal = Context.ActorOf(Props.Create(() => new HealthJournalActor(its, time)), ActorPaths.Journal);
        _journal.Tell(Recall.Instance);
        Timers.StartSingleTimer("recall", RecallTimedOut.Instance, persistence.Settings.RecoveryTimeout);
        Become(Recalling);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Apply apply: OnApply(apply.Settings.Pools); break;
            case Remember remember: OnRemember(remember); break;
            case Recalled late: OnRecalledLate(late); break;
            default: Unhandled(message); break;
        }
    }

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
                    environment.Persistence!.Settings.RecoveryTimeout);
                break;
            default:
                Stash.Stash();
                return;
        }

        Become(OnReceive);
        Stash.UnstashAll();
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
            if (_pools.TryGetValue(pool.Key, out var actor)) actor.Tell(new Recalled([.. pool]));
    }

    /// <summary>A pool that fails is restarted by itself; the others do not notice.</summary>
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(10, TimeSpan.FromMinutes(1), _ => Directive.Restart);

    private void OnApply(IReadOnlyDictionary<string, PoolSettings> pools)
    {
        foreach (var gone in _pools.Keys.Except(pools.Keys).ToList())
        {
            Context.Stop(_pools[gone]); // exchanges under way keep the snapshot they have
            _pools.Remove(gone);
            directory.Remove(gone);
        }

        foreach (var (name, settings) in pools)
        {
            if (_pools.TryGetValue(name, out var known)) known.Tell(new PoolChanged(settings));
            else _pools[name] = Create(name, settings);
        }

        AppliedAsync([.. _pools.Values], [.. _pools.Where(p => pools[p.Key].Discovery.Type != DiscoveryType.Off).Select(p => p.Value)])
            .PipeTo(Sender);
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

    private IActorRef Create(string name, PoolSettings settings)
    {
        var metrics = environment.Telemetry.Upstream;
        var cell = directory.Add(name, new PoolCell(PoolSnapshots.Build(name, settings, metrics)));
        var context = new DiscoveryContext(name, environment.Resolvers, clock, environment.Random, view => directory.Publish(cell, view));
        Func<DiscoverySettings, Props> discovery = asked => Props.Create(() => new DiscoveryActor(asked, context));
        var pool = Context.ActorOf(
            Props.Create(() => new BackendPoolActor(name, settings, cell, clock, metrics, discovery)), ActorPaths.FreeName(Context, name));
        var remembered = _remembered.All.Where(b => b.Pool == name).ToList();
        if (remembered.Count > 0) pool.Tell(new Recalled(remembered));
        return pool;
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
