using System.Net;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Streams;
using Akka.Streams.Supervision;
using BenchmarkDotNet.Attributes;
using Scp.Actors.BackendPools;
using Scp.Actors.Configuration;
using Scp.Actors.EventDispatch;
using Scp.Host;
using Scp.Host.Configuration;
using Scp.Host.Hocon;
using Scp.Streams;
using Scp.Streams.Balancing;
using Scp.Streams.Connections;
using Scp.Streams.Dispatch;
using Scp.Streams.Limits;
using Scp.Streams.Messages;
using Scp.Streams.Telemetry;
using Scp.Streams.Transport;

namespace Scp.Benchmarks;

/// <summary>
/// What one request costs between two sockets: the real graph with the real layers on the inline dispatcher, over transports that move
/// bytes without a kernel. The budget is 2 KB of garbage for a request.
/// </summary>
[MemoryDiagnoser]
public class PipelineBenchmarks
{
    private ActorSystem _system = null!;
    private ActorMaterializer _materializer = null!;
    private ClientEnd _client = null!;

    /// <summary>Field rules in both positions of the route, or none.</summary>
    [Params(false, true)]
    public bool Filters { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var fields = Filters ? ", fields { downstream.response = [{ set = \"X-A\", value = b }], upstream.request = [{ set = \"X-C\", value = \"{client-ip}\" }] }" : "";
        var settings = ConfigurationReader.Read(
            [ConfigurationReader.Reference, HoconSource.FromText("benchmark", $$"""
            scp { listeners.main.bind = "127.0.0.1:0", pools.main.backends = [{ address = "127.0.0.1:1" }], routes.all { path = "/*", pool = main{{fields}} } }
            """)],
            _ => null).Settings!;
        _system = ActorSystem.Create("benchmark", ConfigurationFactory.ParseString("akka.loglevel = WARNING\n" + InlineDispatcher.Hocon));
        _materializer = ActorMaterializer.Create(_system, ActorMaterializerSettings.Create(_system).WithInputBuffer(1, 1).WithDispatcher(InlineDispatcher.Path));
        var attributes = Attributes.CreateInputBuffer(1, 1)
            .And(ActorAttributes.CreateDispatcher(InlineDispatcher.Path))
            .And(ActorAttributes.CreateSupervisionStrategy(Deciders.StoppingDecider));
        var pools = new Dictionary<string, PoolCell> { ["main"] = new(PoolSnapshots.Build("main", settings.Pools["main"], (_, _) => null)) };
        var snapshot = Snapshots.Build(settings, 1, "main", pools, new HttpDate(TimeProvider.System), Random.Shared);
        _client = new ClientEnd();
        var connection = new ClientConnection
        {
            Info = ClientConnectionInfo.Create(1, "main", _client.RemoteEndPoint, _client.LocalEndPoint, _client.RemoteEndPoint, false),
            Transport = _client,
            Pipeline = new PipelineState(snapshot),
            Clock = new Clock(TimeProvider.System),
            Connector = new OriginEnd.Connector(),
            Observer = new NoObserver(),
            Random = new PickRandom(1),
        };
        _materializer.Materialize(Fusing.Aggressive(ConnectionBlueprint.Create(Snapshots.ShapeOf(settings, "main"))), attributes.And(connection));
        SpinWait.SpinUntil(() => _client.IsReceiving);
    }

    [GlobalCleanup]
    public void Cleanup() => _system.Terminate().Wait();

    /// <summary>A GET with six fields there, a response with six fields and 12 bytes of content back.</summary>
    [Benchmark]
    public int SmallGet()
    {
        InlineScope.Run(static client => client.Request(), _client);
        return _client.Answered;
    }

    private sealed class NoObserver : IExchangeObserver
    {
        public void OnCompleted(Exchange exchange)
        {
        }
    }

    /// <summary>The transport of a client that sends the next request when it is told to.</summary>
    private sealed class ClientEnd : MemoryEnd
    {
        private static readonly byte[] Bytes =
            "GET /catalogue/items?page=2 HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: benchmark/1.0\r\nAccept: text/html,*/*;q=0.8\r\nAccept-Encoding: gzip, br\r\nAccept-Language: en\r\nCookie: session=0123456789abcdef\r\n\r\n"u8.ToArray();

        public int Answered { get; private set; }

        public void Request() => Deliver(Bytes);

        protected override void OnSend(int bytes) => Answered++;
    }

    /// <summary>The transport of an origin that answers each request at once, on a later turn.</summary>
    private sealed class OriginEnd : MemoryEnd, IRunnable
    {
        private static readonly byte[] Bytes =
            "HTTP/1.1 200 OK\r\nServer: origin\r\nDate: Mon, 23 Nov 2026 06:00:00 GMT\r\nContent-Type: text/plain\r\nContent-Length: 12\r\nETag: \"0123456789\"\r\nCache-Control: no-cache\r\n\r\nhello world\n"u8.ToArray();

        public void Run() => Deliver(Bytes);

        public void Execute() => Run();

        protected override void OnSend(int bytes) => InlineScope.Schedule(this);

        public sealed class Connector : IConnector
        {
            public IConnectAttempt Connect(EndPoint address, Action<ConnectResult> completed)
            {
                completed(new ConnectResult(new OriginEnd(), Streams.Errors.ProxyError.None));
                return new Done();
            }

            private sealed class Done : IConnectAttempt
            {
                public void Cancel()
                {
                }
            }
        }
    }

    private abstract class MemoryEnd : ITransport
    {
        private Memory<byte> _pending;

        public bool IsReceiving { get; private set; }

        public ITransportHandler Handler { get; set; } = null!;

        public EndPoint LocalEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 8080);

        public EndPoint RemoteEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 50000);

        public TransportResult Receive(Memory<byte> buffer)
        {
            _pending = buffer;
            IsReceiving = true;
            return TransportResult.Pending;
        }

        public TransportResult Send(ReadOnlyMemory<byte> bytes)
        {
            OnSend(bytes.Length);
            return TransportResult.Completed(bytes.Length);
        }

        public TransportResult Send(IList<ArraySegment<byte>> segments)
        {
            OnSend(segments.Count);
            return TransportResult.Completed(segments.Sum(s => s.Count));
        }

        public void ShutdownSend()
        {
        }

        public void Abort()
        {
        }

        public void Dispose()
        {
        }

        protected abstract void OnSend(int bytes);

        protected void Deliver(byte[] bytes)
        {
            bytes.CopyTo(_pending);
            IsReceiving = false;
            Handler.OnReceived(TransportResult.Completed(bytes.Length));
        }
    }
}
