using Akka.Actor;
using Akka.Event;
using Scp.Actors.Discovery;
using Scp.Actors.Health;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Actors.BackendPools;

/// <summary>
/// Owns the truth about one pool: who is a member, how each stands. The shell of <see cref="BackendPoolState"/>: turns messages into
/// commands, publishes a new snapshot when an event changed what requests must see, and supervises one <see cref="BackendActor"/> for
/// each backend, and a <see cref="DiscoveryActor"/> when members come from DNS.
/// </summary>
public sealed partial class BackendPoolActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    /// <summary>While a circuit is half open its few requests decide, and they are soon answered.</summary>
    private static readonly TimeSpan TrialInterval = TimeSpan.FromMilliseconds(100);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, Member> _members = [];
    private readonly OwnedPool _pool;
    private readonly PoolEnvironment _environment;
    private readonly PickRandom _random;
    private IActorRef _discovery = ActorRefs.Nobody;

    public BackendPoolActor(OwnedPool pool, PoolEnvironment environment)
    {
        _pool = pool;
        _environment = environment;
        _random = new PickRandom(environment.Seed);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private PoolSnapshot Snapshot => _pool.Cell.Current;

    private long Now => _environment.Clock.Now;

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer("tick", Tick.Instance, TickInterval * _random.NextDouble(), TickInterval);
        Discover();
        Supervise();
        FollowTrials();
    }

    /// <summary>
    /// A restart is not the end of the pool: its backends stay, and with them their idle connections.
    /// </summary>
    protected override void PreRestart(Exception reason, object message)
    {
        foreach (var child in Context.GetChildren()) Context.Stop(child);
    }

    /// <summary>The pool is gone: exchanges under way finish, idle connections close.</summary>
    protected override void PostStop()
    {
        foreach (var backend in Snapshot.Backends) Retire(backend);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Tick: OnTick(); break;
            case FailuresMounted mounted: Observe(mounted.Backend); break;
            case Probed probed: OnProbed(probed); break;
            case BackendActor.PlanWanted wanted: OnPlanWanted(wanted.Backend); break;
            case PoolChanged changed: OnChanged(changed.Settings); break;
            case MembersResolved resolved: OnResolved(resolved.Members); break;
            case AwaitFirstAnswer: OnAwaited(message); break;
            case AdministerBackend administer: OnAdminister(administer); break;
            case RenewMemory: Renew(); break;
            case Recalled recalled: Execute(new RecallStandings(recalled.Backends)); break;
            default: Unhandled(message); break;
        }
    }

    private void OnChanged(PoolSettings settings)
    {
        _pool.Listed = settings.Backends;
        if (settings.Discovery.Type == DiscoveryType.Off) _pool.Resolved = [];
        Execute(new MembersChanged(settings, _pool.Members));
        Discover();
    }

    private void Discover()
    {
        var settings = _pool.State.Settings.Discovery;
        if (settings.Type == DiscoveryType.Off || _environment.Discovery is not { } discovery)
        {
            Context.Stop(_discovery);
            _discovery = ActorRefs.Nobody;
        }
        else if (_discovery.IsNobody()) _discovery = Context.ActorOf(discovery(settings), ActorPaths.FreeName(Context, "discovery"));
        else _discovery.Tell(new DiscoveryChanged(settings));
    }

    private void OnAwaited(object message)
    {
        if (_discovery.IsNobody()) Sender.Tell(FirstAnswerKnown.Instance);
        else _discovery.Forward(message);
    }

    private void OnResolved(IReadOnlyList<BackendSettings> members)
    {
        _pool.Resolved = members;
        Execute(new MembersChanged(_pool.State.Settings, _pool.Members));
    }

    private void OnProbed(Probed probed)
    {
        if (!_members.TryGetValue(probed.Backend.Name, out var member) || member.Backend != probed.Backend) return; // it left meanwhile
        Execute(probed.Failure is null ? new ProbePassed(probed.Backend.Name) : new ProbeFailed(probed.Backend.Name, probed.Failure));
    }

    private void OnPlanWanted(Backend backend)
    {
        if (!_members.TryGetValue(backend.Name, out var member) || member.Backend != backend) return; // it left meanwhile
        member.Plan = null;
        Instruct(member);
    }

    private void OnAdminister(AdministerBackend command)
    {
        var refusal = !_pool.State.Backends.ContainsKey(command.Backend) ? $"pool {_pool.Name} has no backend {command.Backend}"
            : command.Weight is < AdministrationRules.ConfiguredWeight or > AdministrationRules.MaxWeight
                ? $"a weight is from 0 to {AdministrationRules.MaxWeight}, or {AdministrationRules.ConfiguredWeight} for the configured one"
            : "";
        if (refusal.Length == 0) Execute(new Administer(command.Backend, command.State, command.Weight));
        Sender.Tell(new BackendAdministered(Snapshot.Standings.FirstOrDefault(s => s.Backend.Name == command.Backend), refusal));
    }

    private void OnTick()
    {
        foreach (var backend in Snapshot.Backends)
        {
            backend.Connections.CloseExpired(Now, Snapshot.Upstream.IdleTimeout);
            Observe(backend);
        }

        Execute(TimePassed.Instance);
    }

    /// <summary>Reads what was counted of a backend since the last time.</summary>
    private void Observe(Backend backend)
    {
        if (!_pool.Observed.TryGetValue(backend, out var before)) return; // it left meanwhile
        var total = backend.Outcomes.Total;
        var tally = total - before;
        var inARow = backend.Outcomes.ConsecutiveFailures;
        if (tally.IsEmpty && inARow == 0) return;
        _pool.Observed[backend] = total;
        Execute(new OutcomesObserved(backend.Name, tally, inARow, backend.Outcomes.LastFailure));
    }

    private sealed class Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }

    private sealed record FailuresMounted(Backend Backend) : INoSerializationVerificationNeeded;
}
