using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Akka;
using Akka.Actor;
using Akka.Event;
using Akka.Streams;
using Akka.Streams.Supervision;
using Scp.Actors.EventDispatch;
using Scp.Streams;
using Scp.Streams.Balancing;
using Scp.Streams.Connections;
using Scp.Streams.Dispatch;
using Scp.Streams.Limits;
using Scp.Streams.Messages;

namespace Scp.Actors.Connections;

/// <summary>
/// One listener: owns its socket, its routes, the materializer and the fused graph of its connections, and supervises a
/// <see cref="ConnectionActor"/> for each of them.
/// </summary>
public sealed class RouterActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a drain takes connections that were made before it began and still wait in the kernel.</summary>
    private static readonly TimeSpan LastAccepts = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan RetryStop = TimeSpan.FromMilliseconds(5);

    private readonly string _name;
    private readonly Clock _clock;
    private readonly IListenerTelemetry _telemetry;
    private readonly IConnector _connector;
    private readonly Random _random;
    private readonly ConnectionRegistry _registry = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ListenerState _state;
    private PipelineState _pipeline;
    private IGraph<ClosedShape, NotUsed> _graph;
    private Networks _proxyHeaderFrom = null!, _trustedProxies = null!;
    private ActorMaterializer _materializer = null!;
    private Attributes _attributes = null!;
    private Acceptor? _acceptor;
    private Bound? _bound;
    private Drain? _drain;

    /// <summary>A drain under way. Whoever asks again waits with the others; the earlier deadline counts.</summary>
    private sealed record Drain(ImmutableList<IActorRef> Requesters, long AcceptDeadline, long IdleDeadline, long HardDeadline);

    private sealed record Sweep : INoSerializationVerificationNeeded
    {
        public static readonly Sweep Instance = new();
    }

    public RouterActor(string name, ListenerState state, Clock clock, ProxyEnvironment environment)
    {
        _name = name;
        _clock = clock;
        _telemetry = environment.Telemetry;
        _connector = environment.Connector;
        _random = environment.Random;
        _state = state;
        _pipeline = new PipelineState(state.Snapshot);
        _graph = Fuse(state.Shape);
        Take(state.Settings);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(string name, ListenerState state, Clock clock, ProxyEnvironment environment) =>
        Akka.Actor.Props.Create(() => new RouterActor(name, state, clock, environment)).WithDispatcher(InlineDispatcher.Path);

    protected override void PreStart()
    {
        // Every stage of a connection on the inline dispatcher, as one island; the supervisor of the streams too, so that a new
        // connection is set up on the thread that accepted it.
        var settings = ActorMaterializerSettings.Create(Context.System).WithInputBuffer(1, 1).WithDispatcher(InlineDispatcher.Path);
        _materializer = ActorMaterializer.Create(Context, settings, $"listener-{Uri.EscapeDataString(_name)}");
        _attributes = Attributes.CreateInputBuffer(1, 1)
            .And(ActorAttributes.CreateDispatcher(InlineDispatcher.Path))
            .And(ActorAttributes.CreateSupervisionStrategy(Deciders.StoppingDecider));
        Timers.StartPeriodicTimer("sweep", Sweep.Instance, SweepInterval);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClientSpoke spoke: Serve(spoke); break;
            case Sweep: OnSweep(); break;
            case Bind: Sender.Tell(Open()); break;
            case ListenerState state: Reload(state); break;
            case DrainConnections drain: StartDrain(drain); break;
            default: Unhandled(message); break;
        }
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Akka.Actor.Directive.Stop);

    protected override void PostStop()
    {
        _acceptor?.Dispose();
        _registry.TellAll(ConnectionCommand.Abort);
        _materializer.Dispose();
    }

    private static IGraph<ClosedShape, NotUsed> Fuse(PipelineShape shape) =>
        Akka.Streams.Fusing.Aggressive(ConnectionBlueprint.Create(shape));

    private object Open()
    {
        if (_bound is not null) return _bound;
        EndPointText.TryParse(_state.Settings.Bind, forListening: true, out var endPoint);
        try
        {
            var self = Self;
            var socket = ListenerSocket.Open(endPoint, _state.Settings.Backlog, _state.Settings.ReusePort);
            _acceptor = new Acceptor(
                socket, _clock, ExpectsProxyHeader, spoke => self.Tell(spoke, ActorRefs.NoSender),
                error => _log.Warning("Listener {0} cannot accept connections now ({1}); it goes on trying.", _name, error));
            Take(_state.Settings);
            _acceptor.Start();
            return _bound = new Bound(_name, socket.LocalEndPoint ?? endPoint);
        }
        catch (SocketException e)
        {
            return new BindFailed(_name, _state.Settings.Bind, ListenerSocket.Explain(e));
        }
    }

    private bool ExpectsProxyHeader(EndPoint peer) =>
        _state.Settings.ProxyProtocol == ProxyProtocolAcceptance.Required && Volatile.Read(ref _proxyHeaderFrom).Contains(peer);

    private void Serve(ClientSpoke spoke)
    {
        var opening = spoke.Opening;
        var acceptor = _acceptor;
        _telemetry.ConnectionAccepted(_name);
        var info = ClientConnectionInfo.Create(
            opening.Id, _name, opening.Client, opening.OriginalTarget ?? opening.Transport.LocalEndPoint, opening.Transport.RemoteEndPoint,
            _trustedProxies.Contains(opening.Client));
        var connection = new ClientConnection
        {
            Info = info,
            Transport = opening.Transport,
            Pipeline = _pipeline,
            Clock = _clock,
            Connector = _connector,
            Observer = _telemetry,
            Random = new PickRandom((ulong)_random.NextInt64()),
            Tracing = _telemetry.Tracing,
            Initial = spoke.Initial,
            FirstHeadDeadline = opening.Deadline,
        };
        var (materializer, graph, attributes, registry, telemetry, name) =
            (_materializer, _graph, _attributes, _registry, _telemetry, _name);
        void Closed()
        {
            acceptor?.ConnectionClosed();
            telemetry.ConnectionClosed(name);
        }

        Context.ActorOf(
            Akka.Actor.Props.CreateBy(new ConnectionProducer(connection, materializer, graph, attributes, registry, Closed))
                .WithDispatcher(InlineDispatcher.Path),
            opening.Id.ToString());
    }

    private void OnSweep()
    {
        _registry.Sweep(_clock);
        _acceptor?.Sweep();
        if (_drain is { } drain) Advance(drain);
    }

    private void StartDrain(DrainConnections request)
    {
        _pipeline.Drain();
        var now = _clock.Now;
        var (idle, hard) = (Clock.After(now, request.CloseIdleAfter), Clock.After(now, request.HardStop));
        _drain = _drain is { } earlier
            ? earlier with
            {
                Requesters = earlier.Requesters.Add(Sender),
                IdleDeadline = Math.Min(earlier.IdleDeadline, idle),
                HardDeadline = Math.Min(earlier.HardDeadline, hard),
            }
            : new Drain([Sender], Math.Min(Clock.After(now, LastAccepts), hard), idle, hard);
        OnSweep();
    }

    /// <summary>One step of the drain: stop accepting, close what is idle, answer when nothing is left or the time is over.</summary>
    private void Advance(Drain drain)
    {
        var now = _clock.Now;
        if (_acceptor is { } acceptor)
        {
            if (now >= drain.AcceptDeadline) acceptor.Stop();
            if (!acceptor.TryStop())
            {
                Timers.StartSingleTimer("drain", Sweep.Instance, RetryStop);
                return;
            }

            if (now >= drain.IdleDeadline) acceptor.CloseSilent();
        }

        if (now >= drain.IdleDeadline) _registry.TellAll(ConnectionCommand.CloseWhenIdle);
        var left = _acceptor?.Open ?? 0;
        if (left > 0 && now < drain.HardDeadline) return;
        _registry.TellAll(ConnectionCommand.Abort);
        foreach (var requester in drain.Requesters) requester.Tell(new Drained(_name, left));
        _drain = null;
    }

    /// <summary>
    /// New connections get the new pipeline at once. If only values changed, the running ones do too; if layers came or went, they
    /// finish on the configuration that their graph was made for and close after their next response.
    /// </summary>
    private void Reload(ListenerState state)
    {
        if (state.Shape == _state.Shape)
        {
            _pipeline.Publish(state.Snapshot);
        }
        else
        {
            _pipeline.Drain();
            _pipeline = new PipelineState(state.Snapshot);
            _graph = Fuse(state.Shape);
        }

        _state = state;
        Take(state.Settings);
    }

    private void Take(ListenerSettings settings)
    {
        Volatile.Write(ref _proxyHeaderFrom, Networks.Parse(settings.ProxyProtocolFrom));
        _trustedProxies = Networks.Parse(settings.TrustedProxies);
        if (_acceptor is null) return;
        _acceptor.MaxConnections = settings.MaxConnections;
        _acceptor.FirstByteTimeout = _state.Snapshot.Timeouts.RequestHead;
    }
}
