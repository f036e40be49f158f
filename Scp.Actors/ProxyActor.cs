using Akka.Actor;
using Akka.Event;
using Scp.Actors.BackendPools;
using Scp.Actors.Configuration;
using Scp.Actors.Connections;
using Scp.Streams.Dispatch;
using Scp.Streams.Limits;
using Scp.Streams.Messages;

namespace Scp.Actors;

/// <summary>What the actors get from outside: time, randomness, the network, telemetry, the configuration.</summary>
/// <param name="Time">The clock of everything.</param>
/// <param name="Random">Thread-safe randomness.</param>
/// <param name="Connector">Opens connections to backends.</param>
/// <param name="Telemetry">Hears of connections and exchanges.</param>
/// <param name="Read">Reads and validates the configuration anew.</param>
public sealed record ProxyEnvironment(
    TimeProvider Time, Random Random, IConnector Connector, IListenerTelemetry Telemetry, Func<ReadResult> Read);

/// <summary>
/// /user/scp, the root of the tree: brings listeners and pools in line with the settings in force.
/// </summary>
public sealed class ProxyActor : UntypedActor
{
    private readonly ProxyEnvironment _environment;
    private readonly PoolDirectory _directory;
    private readonly Clock _clock;
    private readonly HttpDate _date;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, IActorRef> _listeners = [];
    private readonly Dictionary<string, IActorRef> _pools = [];
    private readonly List<IActorRef> _draining = [];
    private ProxySettings _settings;
    private long _version;

    public ProxyActor(ProxySettings settings, ProxyEnvironment environment, PoolDirectory directory)
    {
        _settings = settings;
        _environment = environment;
        _directory = directory;
        _clock = new Clock(environment.Time);
        _date = new HttpDate(environment.Time);
    }

    protected override void PreStart()
    {
        var self = Self;
        Context.ActorOf(Props.Create(() => new ConfigActor(_settings, _environment.Read, self)), ActorPaths.Config);
        OnApply(new Apply(_settings, 1));
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Apply apply: OnApply(apply); break;
            case Start: BindAll(_listeners.Values, Sender); break;
            case BindResults results: results.Report(_log); break;
            case DrainProxy: StartDrain(); break;
            case Drained: Context.Stop(Sender); break; // a listener that a reload took away
            default: Unhandled(message); break;
        }
    }

    /// <summary>A listener or pool that fails is restarted by itself; the others do not notice.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(10, TimeSpan.FromMinutes(1), _ => Directive.Restart);

    private void OnApply(Apply apply)
    {
        _settings = apply.Settings;
        var isReload = apply.Version > 1;
        _version = apply.Version;
        ApplyPools();
        ApplyListeners(isReload);
    }

    private void ApplyPools()
    {
        foreach (var gone in _pools.Keys.Except(_settings.Pools.Keys).ToList())
        {
            Context.Stop(_pools[gone]);
            _pools.Remove(gone);
            _directory.Remove(gone);
        }

        foreach (var (name, settings) in _settings.Pools)
        {
            if (_pools.TryGetValue(name, out var known))
            {
                known.Tell(new PoolChanged(settings));
                continue;
            }

            var cell = _directory.Add(name, new PoolCell(PoolSnapshots.Build(name, settings, _environment.Telemetry.Upstream)));
            var (clock, telemetry) = (_clock, _environment.Telemetry);
            _pools[name] = Context.ActorOf(Props.Create(() => new BackendPoolActor(name, cell, clock, telemetry.Upstream)), $"{ActorPaths.Pools}-{Uri.EscapeDataString(name)}");
        }
    }

    private void ApplyListeners(bool isReload)
    {
        foreach (var gone in _listeners.Keys.Except(_settings.Listeners.Keys).ToList())
        {
            _listeners[gone].Tell(new DrainConnections(_settings.Drain.CloseIdleAfter, _settings.Drain.HardStop));
            _draining.Add(_listeners[gone]);
            _listeners.Remove(gone);
        }

        var added = new List<IActorRef>();
        foreach (var (name, settings) in _settings.Listeners)
        {
            var snapshot = Snapshots.Build(_settings, _version, name, _directory.Cells, _date, _environment.Random);
            var state = new ListenerState(settings, snapshot, Snapshots.ShapeOf(_settings, name));
            if (_listeners.TryGetValue(name, out var known))
            {
                known.Tell(state);
                continue;
            }

            _listeners[name] = Context.ActorOf(
                RouterActor.Props(name, state, _clock, _environment.Telemetry, _environment.Connector), $"{ActorPaths.Listeners}-{Uri.EscapeDataString(name)}-{_version}");
            added.Add(_listeners[name]);
        }

        if (isReload && added.Count > 0) BindAll(added, Self);
    }

    private static void BindAll(IEnumerable<IActorRef> listeners, IActorRef requester)
    {
        var asked = listeners.Select(l => l.Ask<object>(Bind.Instance, TimeSpan.FromSeconds(30))).ToArray();
        var isReload = requester.Equals(Context.Self);
        Task.WhenAll(asked).PipeTo(requester, success: answers => isReload
            ? new BindResults(ToStarted(answers))
            : ToStarted(answers));
    }

    private static Started ToStarted(object[] answers) => new([.. answers.OfType<Bound>()], [.. answers.OfType<BindFailed>()]);

    private void StartDrain()
    {
        var requester = Sender;
        var drain = _settings.Drain;
        var message = new DrainConnections(drain.CloseIdleAfter, drain.HardStop);
        var limit = drain.HardStop + TimeSpan.FromSeconds(5);
        Task.WhenAll(_listeners.Values.Select(l => l.Ask<Drained>(message, limit)))
            .PipeTo(requester, success: all => new ProxyDrained(all.Sum(d => d.Cut)), failure: _ => new ProxyDrained(0));
    }

    private sealed record BindResults(Started Started) : INoSerializationVerificationNeeded
    {
        public void Report(ILoggingAdapter log)
        {
            foreach (var bound in Started.Bound) log.Info("Listener {0} is open on {1}.", bound.Listener, bound.EndPoint);
            foreach (var failed in Started.Failed) log.Error("Listener {0} could not be opened on {1}: {2}.", failed.Listener, failed.Address, failed.Reason);
        }
    }
}
