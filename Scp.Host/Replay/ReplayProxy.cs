using System.Net;
using Akka;
using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Supervision;
using Scp.Actors;
using Scp.Actors.BackendPools;
using Scp.Actors.Configuration;
using Scp.Actors.Connections;
using Scp.Actors.EventDispatch;
using Scp.Host.Replay.Network;
using Scp.Host.Replay.Time;
using Scp.Streams;
using Scp.Streams.Balancing;
using Scp.Streams.Connections;
using Scp.Streams.Dispatch;
using Scp.Streams.Limits;
using Scp.Streams.Messages;
using Scp.Streams.Telemetry;

namespace Scp.Host.Replay;

/// <summary>
/// The proxy of a replay: its own pool actors, routes and connection graphs, as the tree under /user/scp has them, but for the sockets.
/// One object is one life of the process.
/// </summary>
internal sealed class ReplayProxy
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(250); // as a listener has it

    private readonly ReplaySystem _system;
    private readonly VirtualNetwork _network;
    private readonly IExchangeObserver _observer;
    private readonly Random _random;
    private readonly Clock _clock;
    private readonly string _listener;
    private readonly ConnectionRegistry _registry = new();
    private readonly SortedDictionary<string, PoolCell> _pools = new(StringComparer.Ordinal);
    private readonly IActorRef _poolsActor;
    private readonly ActorMaterializer _materializer;
    private readonly Attributes _attributes;
    private IGraph<ClosedShape, NotUsed> _graph;
    private PipelineShape _shape;
    private PipelineState _pipeline;
    private long _version = 1, _connections;
    private bool _isDead;

    public ReplayProxy(
        ReplaySystem system, HostSettings settings, VirtualNetwork network, MemoryJournal journal, IExchangeObserver observer, Random random)
    {
        (_system, _network, _observer, _random) = (system, network, observer, random);
        _clock = new Clock(system.Time);
        _listener = settings.Listeners.Keys.First();
        var streams = ActorMaterializerSettings.Create(system.Actors).WithInputBuffer(1, 1).WithDispatcher(InlineDispatcher.Path);
        _materializer = ActorMaterializer.Create(system.Actors, streams, "listener");
        _attributes = Attributes.CreateInputBuffer(1, 1)
            .And(ActorAttributes.CreateDispatcher(InlineDispatcher.Path))
            .And(ActorAttributes.CreateSupervisionStrategy(Deciders.StoppingDecider));
        var cells = _pools;
        var environment = new PoolEnvironment { Clock = _clock, Connector = network.ConnectorOf(Caller.Probe) };
        _poolsActor = system.Actors.ActorOf(Props.Create(() => new ReplayPoolsActor(cells, journal, environment, random)));
        _poolsActor.Tell(new ApplyPools(settings.Pools), ActorRefs.NoSender);
        system.Loop.Drain(); // routes hold the cells of pools
        _shape = Snapshots.ShapeOf(settings, _listener);
        _graph = Fuse(_shape);
        _pipeline = new PipelineState(Snapshot(settings));
        system.Loop.Drain();
        Sweep();
    }

    /// <summary>The pools by name, in order.</summary>
    public IReadOnlyDictionary<string, PoolCell> Pools => _pools;

    /// <summary>A client connects.</summary>
    public VirtualTransport Connect(IVirtualPeer peer, IPEndPoint address)
    {
        var transport = new VirtualTransport(_system.Loop, new IPEndPoint(IPAddress.Parse("10.255.0.1"), 80), address) { Peer = peer };
        var connection = new ClientConnection
        {
            Info = ClientConnectionInfo.Create(++_connections, _listener, address, transport.LocalEndPoint, address, isTrustedProxy: false),
            Transport = transport,
            Pipeline = _pipeline,
            Clock = _clock,
            Connector = _network.ConnectorOf(Caller.Traffic),
            Observer = _observer,
            Random = new PickRandom((ulong)_random.NextInt64()),
        };
        connection.OnClosed(() => _registry.Remove(connection));
        _registry.Add(connection);
        _materializer.Materialize(_graph, _attributes.And(connection));
        return transport;
    }

    /// <summary>A reload: new requests see it as soon as the pools' actors have taken it.</summary>
    public void Apply(HostSettings settings)
    {
        _version++;
        _poolsActor.Tell(new ApplyPools(settings.Pools), ActorRefs.NoSender);
        _system.Loop.Post(() =>
        {
            var shape = Snapshots.ShapeOf(settings, _listener);
            if (shape == _shape)
            {
                _pipeline.Publish(Snapshot(settings));
                return;
            }

            _pipeline.Drain();
            (_shape, _graph) = (shape, Fuse(shape));
            _pipeline = new PipelineState(Snapshot(settings));
        });
    }

    /// <summary>An operator's word about a backend, as the admin endpoint passes it on.</summary>
    public void Administer(AdministerBackend command) => _poolsActor.Tell(command, ActorRefs.NoSender);

    /// <summary>kill -9: connections are cut, nothing is said to anybody.</summary>
    public void Kill()
    {
        _isDead = true;
        _registry.TellAll(ConnectionCommand.Abort);
        _system.Actors.Stop(_poolsActor);
        _system.Loop.Post(_materializer.Shutdown);
    }

    private static IGraph<ClosedShape, NotUsed> Fuse(PipelineShape shape) => Akka.Streams.Fusing.Aggressive(ConnectionBlueprint.Create(shape));

    private ProxySnapshot Snapshot(HostSettings settings) => Snapshots.Build(
        settings, _version, _listener, _pools, new HttpDate(_system.Time), _random);

    private void Sweep()
    {
        if (_isDead) return;
        _registry.Sweep(_clock);
        _system.Loop.After(SweepInterval, Sweep);
    }
}
