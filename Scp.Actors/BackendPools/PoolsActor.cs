using Akka.Actor;
using Scp.Actors.Configuration;
using Scp.Actors.Health;
using Scp.Streams.Balancing;

namespace Scp.Actors.BackendPools;

/// <summary>
/// /user/scp/pools: one <see cref="BackendPoolActor"/> for each pool of the settings in force. When it fails itself its pools go on:
/// they are in the directory, and it takes them up again.
/// </summary>
public sealed class PoolsActor : UntypedActor
{
    private readonly PoolDirectory _directory;
    private readonly PoolEnvironment _environment;
    private readonly PickRandom _random;
    private readonly Dictionary<long, PendingApply> _applying = [];
    private IReadOnlyList<RememberedBackend> _remembered = [];
    private long _applies;

    public PoolsActor(PoolDirectory directory, PoolEnvironment environment)
    {
        _directory = directory;
        _environment = environment;
        _random = new PickRandom(environment.Seed);
    }

    protected override void PreStart()
    {
        if (!_environment.Journal.IsNobody()) _environment.Journal.Tell(Recall.Instance);
    }

    /// <summary>The pools outlive this instance.</summary>
    protected override void PreRestart(Exception reason, object message)
    {
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Apply apply: OnApply(apply.Settings.Pools); break;
            case ActorIdentity { MessageId: long apply }: OnTaken(apply); break;
            case AdministerBackend administer: OnAdminister(administer); break;
            case Recalled recalled: OnRecalled(recalled); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>A pool that fails is restarted by itself; the others do not notice.</summary>
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(10, TimeSpan.FromMinutes(1), _ => Directive.Restart);

    private void OnApply(IReadOnlyDictionary<string, PoolSettings> pools)
    {
        foreach (var (gone, actor) in _directory.Actors.Where(p => !pools.ContainsKey(p.Key)).ToList())
        {
            Context.Stop(actor); // exchanges under way keep the snapshot they have
            _directory.Remove(gone);
        }

        foreach (var (name, settings) in pools)
        {
            if (_directory.Actors.TryGetValue(name, out var known)) known.Tell(new PoolChanged(settings));
            else Create(name, settings);
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

    private void Create(string name, PoolSettings settings)
    {
        var environment = _environment with { Seed = _random.Next() };
        var pool = new OwnedPool(name, settings, environment, _remembered);
        var actor = Context.ActorOf(Props.Create(() => new BackendPoolActor(pool, environment)), ActorPaths.FreeName(Context, name));
        _directory.Add(name, pool.Cell, actor);
    }

    private void OnAdminister(AdministerBackend command)
    {
        if (_directory.Actors.TryGetValue(command.Pool, out var pool)) pool.Forward(command);
        else Sender.Tell(new BackendAdministered(null, $"there is no pool {command.Pool}"));
    }

    /// <summary>For the pools that are there, and for those that a reload will bring.</summary>
    private void OnRecalled(Recalled recalled)
    {
        _remembered = recalled.Backends;
        foreach (var pool in _directory.Actors.Values) pool.Tell(recalled);
    }

    private sealed class PendingApply(IActorRef asker, int missing)
    {
        public IActorRef Asker { get; } = asker;

        public int Missing { get; set; } = missing;
    }
}

/// <summary>New requests see the pools of the new settings.</summary>
public sealed record PoolsApplied : INoSerializationVerificationNeeded
{
    public static readonly PoolsApplied Instance = new();
}
