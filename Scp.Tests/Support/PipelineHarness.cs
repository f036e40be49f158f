using System.Collections.Concurrent;
using System.Net;
using Akka;
using Akka.Actor;
using Akka.Event;
using Akka.Streams;
using Akka.Streams.Supervision;
using Microsoft.Extensions.Time.Testing;
using Scp.Actors.BackendPools;
using Scp.Actors.Configuration;
using Scp.Actors.EventDispatch;
using Scp.Host;
using Scp.Streams;
using Scp.Streams.Balancing;
using Scp.Streams.Connections;
using Scp.Streams.Dispatch;
using Scp.Streams.Limits;
using Scp.Streams.Messages;
using Scp.Streams.Telemetry;
using Scp.Streams.Transport;

namespace Scp.Tests.Support;

/// <summary>The actor system, the materializer and the fused graph that every <see cref="PipelineHarness"/> of the run uses.</summary>
public sealed class PipelineFixture : IDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create(
        "pipeline", "akka { loglevel = ERROR, stdout-loglevel = OFF, loggers = [] }\n" + InlineDispatcher.Hocon);

    public PipelineFixture()
    {
        _system.EventStream.Subscribe(_system.ActorOf(Props.Create(() => new ErrorKeeper(Errors))), typeof(Error));
        Materializer = ActorMaterializer.Create(
            _system, ActorMaterializerSettings.Create(_system).WithInputBuffer(1, 1).WithDispatcher(InlineDispatcher.Path), "pipeline");
        Attributes = Attributes.CreateInputBuffer(1, 1)
            .And(ActorAttributes.CreateDispatcher(InlineDispatcher.Path))
            .And(ActorAttributes.CreateSupervisionStrategy(Deciders.StoppingDecider));
    }

    internal ActorMaterializer Materializer { get; }

    /// <summary>What was logged as an error: nothing that a peer does may shout.</summary>
    internal ConcurrentQueue<string> Errors { get; } = new();

    internal Attributes Attributes { get; }

    internal IGraph<ClosedShape, NotUsed> Graph { get; } = Akka.Streams.Fusing.Aggressive(ConnectionBlueprint.Create(PipelineShape.Plain));

    public void Dispose() => _system.Terminate().Wait(TimeSpan.FromSeconds(10));

    private sealed class ErrorKeeper(ConcurrentQueue<string> errors) : UntypedActor
    {
        protected override void OnReceive(object message) => errors.Enqueue(message.ToString() ?? "");
    }
}

/// <summary>Tests that count the buffers of the whole process run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class PipelineTests : ICollectionFixture<PipelineFixture>
{
    public const string Name = "Pipeline";
}

/// <summary>
/// The whole pipeline of client connections in memory: raw text in, raw text out, at the client's and at the origin's side, with a
/// clock that stands still. When it is disposed, every graph must stop, every buffer come back, and no error be in the log.
/// </summary>
internal sealed class PipelineHarness : IDisposable
{
    private static long _nextId;

    private readonly PipelineFixture _fixture;
    private readonly PipelineState _pipeline;
    private readonly IReadOnlyDictionary<string, PoolCell> _pools;
    private readonly List<ClientConnection> _connections = [];
    private readonly List<MemoryPeer> _clients = [];
    private int _closed;
    private readonly long _buffersBefore = BufferPool.Shared.Outstanding;

    public PipelineHarness(PipelineFixture fixture, Action<MemoryOriginConnection>? script = null, string configuration = "")
    {
        _fixture = fixture;
        Origin = new MemoryOrigin(script ?? OriginScripts.Ok);
        Settings = TestConfiguration.Read("127.0.0.1:1", configuration);
        _pools = Settings.Pools.ToDictionary(p => p.Key, p => new PoolCell(PoolSnapshots.Build(p.Key, p.Value, (_, _) => null)));
        _pipeline = new PipelineState(Snapshots.Build(Settings, 1, "main", _pools, new HttpDate(Time), new Random(1)));
    }

    public FakeTimeProvider Time { get; } = new(Heads.Now);

    public MemoryOrigin Origin { get; }

    public HostSettings Settings { get; }

    /// <summary>What was reported of the exchanges that ended: status and error.</summary>
    public CompletedExchanges Completed { get; } = new();

    /// <summary>Connections whose graph has stopped.</summary>
    public int Closed => Volatile.Read(ref _closed);

    /// <summary>The pool as requests see it now.</summary>
    public PoolSnapshot Pool(string name) => _pools[name].Current;

    /// <summary>The pool changes, as its actor would say.</summary>
    public void Publish(PoolSnapshot pool) => InlineScope.Run(static p => p.Cell.Publish(p.Pool), (Cell: _pools[pool.Name], Pool: pool));

    /// <summary>Opens a client connection.</summary>
    public MemoryPeer Connect(bool isTrustedProxy = false, string address = "192.0.2.7:40000")
    {
        var (client, server) = InMemoryTransport.CreatePair();
        var remote = IPEndPoint.Parse(address);
        var connection = new ClientConnection
        {
            Info = ClientConnectionInfo.Create(Interlocked.Increment(ref _nextId), "main", remote, server.LocalEndPoint, remote, isTrustedProxy),
            Transport = server,
            Pipeline = _pipeline,
            Clock = new Clock(Time),
            Connector = Origin,
            Observer = Completed,
            Random = new PickRandom(1),
        };
        connection.OnClosed(() => Interlocked.Increment(ref _closed));
        var peer = new MemoryPeer(client);
        _connections.Add(connection);
        _clients.Add(peer);
        InlineScope.Run(c => _fixture.Materializer.Materialize(_fixture.Graph, _fixture.Attributes.And(c)), connection);
        peer.Start();
        return peer;
    }

    /// <summary>Sends text on a connection of its own and returns everything that came until the proxy closed or the text ends so.</summary>
    public string Exchange(string request, string until)
    {
        var client = Connect();
        client.Send(request);
        return client.ReadUntil(until);
    }

    /// <summary>What the proxy answers until it closes the connection.</summary>
    public string ExchangeUntilClose(string request)
    {
        var client = Connect();
        client.Send(request);
        return client.ReadToEnd();
    }

    /// <summary>The one backend of the pool "origin".</summary>
    public Backend Backend => _pools["origin"].Current.Backends[0];

    /// <summary>What the pool "origin" counts.</summary>
    public PoolLoad Load => _pools["origin"].Current.Load;

    /// <summary>Waits until no exchange is with the pool "origin" any more.</summary>
    public void Settles() => Eventually.Holds(
        () => Completed.Records.Count > 0 && Load.ActiveExchanges == 0 && _pools["origin"].Current.Backends.All(b => b.ActiveExchanges == 0),
        "Exchanges are still with a backend.");

    /// <summary>Lets time pass, as the listener's sweep would notice it.</summary>
    public void Advance(TimeSpan time)
    {
        Time.Advance(time);
        var now = new Clock(Time).Now;
        foreach (var connection in _connections)
            if (connection.Deadlines.TryClaim(now)) InlineScope.Run(c => c.Tell(ConnectionCommand.Tick), connection);
    }

    public void Tell(ConnectionCommand command)
    {
        foreach (var connection in _connections) InlineScope.Run(c => c.Tell(command), connection);
    }

    public void Drain() => _pipeline.Drain();

    public void Dispose()
    {
        foreach (var client in _clients) client.Abort();
        Tell(ConnectionCommand.Abort);
        foreach (var pool in _pools.Values)
            foreach (var backend in pool.Current.Backends) InlineScope.Run(b => b.Connections.CloseAll(), backend);
        Eventually.Holds(() => Closed == _connections.Count, "A graph did not stop when its connection had ended.");
        Assert.Empty(_fixture.Errors);
        Eventually.Holds(
            () => BufferPool.Shared.Outstanding == _buffersBefore,
            $"Buffers leaked: {_buffersBefore} were rented before.");
    }
}

/// <summary>Keeps what is reported of ended exchanges.</summary>
internal sealed class CompletedExchanges : IExchangeObserver
{
    private readonly ConcurrentQueue<ExchangeRecord> _records = new();

    public IReadOnlyCollection<ExchangeRecord> Records => _records;

    public void OnCompleted(Exchange exchange) => _records.Enqueue(exchange.Record);
}
