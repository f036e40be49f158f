using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using Scp.Streams.Dispatch;
using Scp.Streams.Filters;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Tests.Support;

/// <summary>
/// A filter chain in a real graph between a client probe and an origin probe, with the grammar asserted on both sides. Content lies in a
/// pool of its own, so a test sees whether every byte was released exactly once.
/// </summary>
public sealed class ChainHarness : IAsyncDisposable
{
    private sealed class Edge(List<Exchange> credited) : IExchangeEdge
    {
        public void OnCredit(Exchange exchange) => credited.Add(exchange);
    }

    private readonly ActorSystem _system = ActorSystem.Create("chain", "akka.loglevel = OFF\nakka.stdout-loglevel = OFF");
    private readonly ActorMaterializer _materializer;
    private readonly Route _route;
    private readonly GrammarProbe _below = new();
    private readonly GrammarProbe _above = new();
    private readonly BufferPool _pool = new();
    private readonly ClientConnectionInfo _connection = Heads.Connection();
    private readonly Edge _downstreamEdge;
    private readonly Edge _upstreamEdge;

    public ChainHarness(FilterPosition position, params HttpFilter[] filters)
    {
        _downstreamEdge = new Edge(RequestCredits);
        _upstreamEdge = new Edge(ResponseCredits);
        _materializer = _system.Materializer();
        var timeouts = new RouteTimeouts(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _route = position == FilterPosition.Downstream
            ? new Route { Name = "r", Timeouts = timeouts, DownstreamFilters = filters }
            : new Route { Name = "r", Timeouts = timeouts, UpstreamFilters = filters };

        var client = new ProbeEdge<ResponsePart, RequestPart>(TakeRequestCredit);
        var origin = new ProbeEdge<RequestPart, ResponsePart>(TakeResponseCredit);
        var layers = BidiFlow.FromGraph(_below).Atop(BidiFlow.FromGraph(new FilterChainStage(position))).Atop(BidiFlow.FromGraph(_above));
        (Client, Origin) = Flow.FromGraph(client).Join(layers).JoinMaterialized(Flow.FromGraph(origin), Keep.Both).Run(_materializer);
    }

    public ProbeEdge<ResponsePart, RequestPart>.Handle Client { get; }

    public ProbeEdge<RequestPart, ResponsePart>.Handle Origin { get; }

    /// <summary>Exchanges whose request (response) credit was granted, in order.</summary>
    public List<Exchange> RequestCredits { get; } = [];

    public List<Exchange> ResponseCredits { get; } = [];

    public long BuffersOut => _pool.Outstanding;

    public Exchange Exchange(string method = "GET", bool ends = true)
    {
        var exchange = new Exchange(_connection, _downstreamEdge) { Route = _route };
        Heads.Fill(exchange.Request, method, "/", "example.com");
        exchange.Request.EndsMessage = ends;
        return exchange;
    }

    public ContentSlice Content(string text) => Content(Heads.Bytes(text));

    public ContentSlice Content(byte[] bytes)
    {
        var buffer = _pool.Rent(bytes.Length);
        bytes.CopyTo(buffer.Span);
        return new ContentSlice(buffer, 0, bytes.Length);
    }

    /// <summary>The client sends parts of one exchange.</summary>
    public void Request(params RequestPart[] parts) => Array.ForEach(parts, Client.Send);

    /// <summary>The origin sends parts; it is the exchange's response edge from then on.</summary>
    public void Response(params ResponsePart[] parts) => Array.ForEach(parts, Origin.Send);

    /// <summary>What the origin (the client) has received so far, released and granted again.</summary>
    public Task<string[]> AtOrigin() => Drain(Origin.Received, FilterDirection.Request);

    public Task<string[]> AtClient() => Drain(Client.Received, FilterDirection.Response);

    /// <summary>Everything that was sent has gone as far as it goes.</summary>
    public async Task Settle()
    {
        await Client.Do(() => { });
        await Origin.Do(() => { });
        await Client.Do(() => { });
        Assert.Empty(_below.Violations);
        Assert.Empty(_above.Violations);
    }

    /// <summary>Settles until the condition holds: for what another thread completes.</summary>
    public static async Task<string[]> Until(Func<Task<string[]>> drain)
    {
        for (var i = 0; i < 500; i++)
        {
            if (await drain() is { Length: > 0 } texts) return texts;
            await Task.Delay(10);
        }

        return [];
    }

    public async ValueTask DisposeAsync()
    {
        _materializer.Dispose();
        await _system.Terminate();
    }

    private async Task<string[]> Drain<TPart>(System.Threading.Channels.ChannelReader<TPart> received, FilterDirection direction)
        where TPart : class
    {
        await Settle();
        var texts = new List<string>();
        await Client.Do(() =>
        {
            while (received.TryRead(out var part))
            {
                texts.Add(PartText.Of(part));
                var content = PartText.ContentOf(part);
                content.Release();
                if (direction == FilterDirection.Request) ((RequestPart)(object)part).Exchange.GrantRequestCredit(content.Length);
                else ((ResponsePart)(object)part).Exchange.GrantResponseCredit(content.Length);
            }
        });
        return [.. texts];
    }

    private static void TakeRequestCredit(RequestPart part) => part.Exchange.TakeRequestCredit(PartText.ContentOf(part).Length);

    private void TakeResponseCredit(ResponsePart part)
    {
        part.Exchange.Upstream ??= _upstreamEdge;
        part.Exchange.TakeResponseCredit(PartText.ContentOf(part).Length);
    }
}
