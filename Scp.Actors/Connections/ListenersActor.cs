using Akka.Actor;
using Akka.Event;
using Scp.Actors.BackendPools;
using Scp.Actors.Configuration;
using Scp.Streams.Limits;
using Scp.Streams.Messages;

namespace Scp.Actors.Connections;

/// <summary>
/// /user/scp/listeners: one <see cref="RouterActor"/> for each listener of the settings in force. A listener that a reload takes away
/// drains beside the others; one that fails is opened anew.
/// </summary>
public sealed class ListenersActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan BindLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ReviveAfter = TimeSpan.FromSeconds(1);

    private readonly ProxyEnvironment _environment;
    private readonly Clock _clock;
    private readonly PoolDirectory _pools;
    private readonly ListenerDirectory _directory;
    private readonly HttpDate _date;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, IActorRef> _listeners = [];
    private readonly HashSet<IActorRef> _leaving = [];
    private Apply? _inForce;
    private bool _isDraining, _isStarted;

    public ListenersActor(ProxyEnvironment environment, Clock clock, PoolDirectory pools, ListenerDirectory directory)
    {
        _environment = environment;
        _clock = clock;
        _pools = pools;
        _directory = directory;
        _date = new HttpDate(environment.Time);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Apply apply: OnApply(apply); break;
            case BindResults results: OnBindResults(results); break;
            case Status.Failure failure: Sender.Tell(failure); break; // a listener did not answer
            case DrainProxy: OnDrain(); break;
            case Drained: Context.Stop(Sender); break; // a listener that a reload took away
            case Terminated terminated: OnTerminated(terminated.ActorRef); break;
            case Revive when !_isDraining: OnApply(_inForce!); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>A listener that failed is stopped; its connections end with it, and <see cref="Revive"/> opens it anew.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private void OnApply(Apply apply)
    {
        _inForce = apply;
        if (_isDraining)
        {
            Sender.Tell(Applied.Nothing);
            return;
        }

        foreach (var gone in _listeners.Keys.Except(apply.Settings.Listeners.Keys).ToList()) Leave(gone, apply.Settings.Drain);
        foreach (var name in apply.Settings.Listeners.Keys) Take(name, apply);
        BindAll();
    }

    private void Leave(string name, DrainSettings drain)
    {
        _listeners.Remove(name, out var listener);
        _directory.Remove(name);
        _leaving.Add(listener!);
        listener.Tell(new DrainConnections(drain.CloseIdleAfter, drain.HardStop));
    }

    private void Take(string name, Apply apply)
    {
        var settings = apply.Settings;
        var snapshot = Snapshots.Build(settings, apply.Version, name, _pools.Cells, _date, _environment.Random);
        var state = new ListenerState(settings.Listeners[name], snapshot, Snapshots.ShapeOf(settings, name));
        if (_listeners.TryGetValue(name, out var known))
        {
            known.Tell(state);
            return;
        }

        var props = RouterActor.Props(name, state, _clock, _environment);
        _listeners[name] = Context.Watch(Context.ActorOf(props, ActorPaths.FreeName(Context, name)));
    }

    /// <summary>Asks every listener, those that are open too: the answer means that it has taken its new state.</summary>
    private void BindAll()
    {
        var requester = Sender;
        Task.WhenAll(_listeners.Values.Select(l => l.Ask<object>(Bind.Instance, BindLimit)))
            .PipeTo(Self, requester, success: answers => new BindResults([.. answers.OfType<Bound>()], [.. answers.OfType<BindFailed>()]));
    }

    private void OnBindResults(BindResults results)
    {
        foreach (var bound in results.Bound.Where(b => _listeners.ContainsKey(b.Listener)))
        {
            if (_isStarted && _directory.All.GetValueOrDefault(bound.Listener) is null)
                _log.Info("Listener {0} is open on {1}.", bound.Listener, bound.EndPoint);
            _directory.Set(bound.Listener, bound.EndPoint);
        }

        foreach (var failed in results.Failed)
        {
            if (_isStarted) _log.Error("Listener {0} could not be opened on {1}: {2}.", failed.Listener, failed.Address, failed.Reason);
            _directory.Set(failed.Listener, null);
        }

        _isStarted = true; // what the start could not open, whoever started it says
        Sender.Tell(new Applied(results.Bound, results.Failed));
    }

    private void OnDrain()
    {
        _isDraining = true;
        var drain = _inForce!.Settings.Drain;
        var message = new DrainConnections(drain.CloseIdleAfter, drain.HardStop);
        var limit = drain.HardStop + TimeSpan.FromSeconds(5);
        Task.WhenAll(_listeners.Values.Concat(_leaving).Select(l => l.Ask<Drained>(message, limit)))
            .PipeTo(Sender, success: all => new ProxyDrained(all.Sum(d => d.Cut)));
    }

    private void OnTerminated(IActorRef listener)
    {
        if (_leaving.Remove(listener)) return;
        var name = _listeners.FirstOrDefault(l => l.Value.Equals(listener)).Key;
        if (name is null) return;
        _listeners.Remove(name);
        _directory.Set(name, null);
        if (_isDraining) return;
        _log.Error("Listener {0} failed; it is opened anew.", name);
        Timers.StartSingleTimer(Revive.Instance, Revive.Instance, ReviveAfter);
    }

    private sealed record BindResults(IReadOnlyList<Bound> Bound, IReadOnlyList<BindFailed> Failed) : INoSerializationVerificationNeeded;

    private sealed class Revive : INoSerializationVerificationNeeded
    {
        public static readonly Revive Instance = new();
    }
}
