using Akka.Actor;
using Akka.Event;
using Scp.Actors.Health;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Actors.BackendPools;

/// <content>What follows from events.</content>
public sealed partial class BackendPoolActor
{
    private void Execute(PoolCommand command)
    {
        var events = _pool.State.Decide(command, Now);
        if (events.Count == 0) return;
        var before = Snapshot;
        var state = _pool.State.After(events);
        var changed = events.Any(e => e.ChangesSnapshot);
        var snapshot = changed ? PoolSnapshots.Build(state, _environment.Metrics, before) : before;
        _pool.State = state;
        if (changed) _pool.Cell.Publish(snapshot);
        foreach (var happened in events)
            if (PoolEventText.Of(state, happened, Now) is { Length: > 0 } line) Log(PoolEventText.LevelOf(happened), line);
        if (events.All(e => e is BackendEvent and not (BackendJoined or BackendLeft)))
            foreach (var name in events.OfType<BackendEvent>().Select(e => e.Backend).Distinct()) Instruct(_members[name]);
        else Supervise();
        foreach (var happened in events.OfType<BackendEvent>()) Follow(happened);
        if (events.Any(e => e is PoolCircuitHalfOpened)) BeginPeriods();
        Remember(events);
        FollowTrials();
    }

    /// <summary>What is under way at the backends says nothing of those that try the pool now.</summary>
    private void BeginPeriods()
    {
        foreach (var member in _members.Values) member.Backend.Outcomes.BeginPeriod();
    }

    private void Log(LogLevel level, string line)
    {
        if (level == LogLevel.WarningLevel) _log.Warning("{0}", line);
        else _log.Info("{0}", line);
    }

    /// <summary>Counters begin anew where an event opened a new chapter.</summary>
    private void Follow(BackendEvent happened)
    {
        if (!_members.TryGetValue(happened.Backend, out var member)) return;
        var backend = member.Backend;
        switch (happened)
        {
            case EjectionEnded: // on probation: one failure is enough, one success acquits it
                backend.Outcomes.RestartAt(_pool.State.AlarmThresholdOf(happened.Backend) is var threshold and < int.MaxValue ? threshold - 1 : 0);
                break;
            case BackendCameUp or CircuitHalfOpened or CircuitClosed:
                backend.Outcomes.RestartAt(0);
                break;
            case BackendEjected:
                backend.Metrics?.Ejected();
                break;
            case CircuitOpened:
                backend.Metrics?.CircuitOpened();
                break;
        }
    }

    /// <summary>Transitions only: what a backend was like after the last of them.</summary>
    private void Remember(IReadOnlyList<PoolEvent> events)
    {
        foreach (var last in events.OfType<BackendEvent>().Where(e => e.Transition.Length > 0).GroupBy(e => e.Backend).Select(g => g.Last()))
            if (_pool.State.Backends.TryGetValue(last.Backend, out var backend)) Remember(backend, last.Transition);
    }

    /// <summary>What still holds is said again, before it is so old that it would be forgotten.</summary>
    private void Renew()
    {
        foreach (var backend in _pool.State.Backends.Values) Remember(backend, "renewed");
    }

    private void Remember(BackendState b, string transition)
    {
        if (_environment.Journal.IsNobody()) return;
        _environment.Journal.Tell(new Remember(new RememberedBackend(
            _pool.Name, b.Name, _environment.Clock.Time.GetUtcNow(), transition, b.Health, b.Administrative, b.Circuit.State, b.Weight)));
    }

    /// <summary>Brings actors and watches in line with the snapshot.</summary>
    private void Supervise()
    {
        var now = Snapshot.Backends.ToHashSet();
        foreach (var (name, gone) in _members.Where(m => !now.Contains(m.Value.Backend)).ToList())
        {
            _members.Remove(name);
            Context.Stop(gone.Prober);
        }

        foreach (var gone in _pool.Observed.Keys.Where(b => !now.Contains(b)).ToList())
        {
            _pool.Observed.Remove(gone);
            Retire(gone);
        }

        foreach (var backend in Snapshot.Backends)
        {
            _pool.Observed.TryAdd(backend, default);
            if (!_members.TryGetValue(backend.Name, out var member))
                _members[backend.Name] = member = new Member(backend, StartProber(backend));
            Instruct(member);
        }
    }

    private IActorRef StartProber(Backend backend)
    {
        var (connector, seed) = (_environment.Connector, _random.Next());
        return Context.ActorOf(
            Props.Create(() => new BackendActor(backend, connector, seed)), ActorPaths.FreeName(Context, backend.Name));
    }

    /// <summary>Says when the data plane has to raise the alarm, and how to probe.</summary>
    private void Instruct(Member member)
    {
        var backend = member.Backend;
        var failures = OutcomeWatch.MaskOf(_pool.State.Settings.Failures);
        var threshold = _pool.State.AlarmThresholdOf(backend.Name);
        var watch = backend.Outcomes.Watch;
        if ((watch.Failures, watch.Threshold) != (failures, threshold) || watch == OutcomeWatch.Silent)
            backend.Outcomes.Watch = new OutcomeWatch(failures, threshold, new Alarm(Self, backend).Raise);
        var plan = ProbePlan.Of(_pool.State, _pool.State.Backends[backend.Name], backend.Address);
        if (plan.Equals(member.Plan)) return;
        member.Plan = plan;
        member.Prober.Tell(plan);
    }

    private void FollowTrials()
    {
        if (!_pool.State.HasHalfOpenCircuit) Timers.Cancel("trial");
        else if (!Timers.IsTimerActive("trial")) Timers.StartPeriodicTimer("trial", Tick.Instance, TrialInterval);
    }

    /// <summary>Exchanges under way finish; no connection is kept.</summary>
    private void Retire(Backend backend)
    {
        backend.Outcomes.Watch = OutcomeWatch.Silent;
        backend.Connections.CloseAll();
        if (!Snapshot.Backends.Any(b => b.Name == backend.Name && b != backend)) _environment.ForgetMetrics(_pool.Name, backend.Name);
    }

    private sealed class Member(Backend backend, IActorRef prober)
    {
        public Backend Backend { get; } = backend;

        public IActorRef Prober { get; } = prober;

        /// <summary>What the prober was told last.</summary>
        public ProbePlan? Plan { get; set; }
    }

    private sealed class Alarm(IActorRef pool, Backend backend)
    {
        private readonly FailuresMounted _message = new(backend);

        public void Raise() => pool.Tell(_message, ActorRefs.NoSender);
    }
}
