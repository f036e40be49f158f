using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using CsCheck;
using Scp.Streams.Dispatch;
using Scp.Streams.Filters;
using Scp.Streams.Messages;
using Scp.Streams.Transport;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Filters;

/// <summary>
/// Many exchanges at once on one graph, as HTTP/2 will bring them: a codec that interleaves them, both filter chains, a dispatch that
/// echoes. Nothing here knows of HTTP/1.1's one exchange at a time.
/// </summary>
public sealed class MultiplexingSpec : IDisposable
{
    private const int Exchanges = 40;
    private const int Stalled = 7; // the number of the exchange that gets stuck
    private const int PieceSize = 4096;
    private const int PiecesOfCredit = CreditWindow.Initial / PieceSize;

    private readonly ActorSystem _system = ActorSystem.Create("multiplexing", "akka.loglevel = OFF\nakka.stdout-loglevel = OFF");
    private readonly BufferPool _pool = new();
    private readonly GrammarProbe _below = new();
    private readonly GrammarProbe _above = new();

    public void Dispose()
    {
        Assert.Empty(_below.Violations);
        Assert.Empty(_above.Violations);
        _system.Terminate().Wait(TimeSpan.FromSeconds(10));
        _system.Dispose();
    }

    [Theory]
    [InlineData("downstream request head", 0)]
    [InlineData("downstream request content", 0)]
    [InlineData("upstream request content", 0)]
    [InlineData("downstream response head", 1)]
    [InlineData("downstream response content", 1)]
    [InlineData("upstream response content", 1)]
    public async Task A_filter_that_never_completes_holds_back_its_own_exchange_only(string where, int responseSides)
    {
        var stuck = new StuckFilter(where);
        var isDownstream = where.StartsWith("downstream", StringComparison.Ordinal);
        var clients = Clients();
        Run(clients, isDownstream ? [stuck] : [], isDownstream ? [] : [stuck]);

        await AllOthersEnd(clients);
        AssertBounded(clients, responseSides);
    }

    [Fact]
    public async Task A_dispatch_that_grants_no_credit_holds_back_that_exchange_only()
    {
        var clients = Clients();
        Run(clients, [new PassingFilter()], [new PassingFilter()], stalls: exchange => exchange.Number == Stalled);

        await AllOthersEnd(clients);
        Assert.Equal(CreditWindow.Initial, clients[Stalled - 1].Sent);
        AssertBounded(clients, responseSides: 0);
    }

    [Fact]
    public async Task A_client_that_reads_no_response_holds_back_its_own_exchange_only()
    {
        var clients = Clients(reads: number => number != Stalled);
        Run(clients, [new PassingFilter()], [new PassingFilter()]);

        await AllOthersEnd(clients);
        AssertBounded(clients, responseSides: 1);
    }

    [Fact]
    public async Task Without_any_stall_every_byte_arrives_and_every_buffer_is_returned()
    {
        var clients = Clients();
        Run(clients, [new PassingFilter(), new LateFilter()], [new LateFilter(), new PassingFilter()]);

        foreach (var client in clients) await Ended(client);
        Assert.Equal(0, _pool.Outstanding);
        Assert.Equal(0, _below.Grammar.Open);
    }

    [Fact]
    public void Whatever_the_sizes_and_the_order_in_which_filters_complete_every_exchange_echoes_its_own_bytes() =>
        Gen.Select(Gen.Int[1, 200_000], Gen.Int[1, 30_000]).Array[1, 8].Sample(
            plans =>
            {
                var clients = plans.Select((plan, i) => new SyntheticClient { Content = Bytes(i, plan.Item1), PieceSize = plan.Item2 }).ToArray();
                Run(clients, [new LateFilter()], [new ReversingFilter(), new LateFilter(), new ReversingFilter()]);
                Assert.True(Task.WhenAll(clients.Select(Ended)).Wait(TimeSpan.FromSeconds(60)));
            },
            iter: 20,
            threads: 1);

    private void Run(
        IReadOnlyList<SyntheticClient> clients, HttpFilter[] downstream, HttpFilter[] upstream, Func<Exchange, bool>? stalls = null)
    {
        var off = Timeout.InfiniteTimeSpan;
        var route = new Route
        {
            Name = "r",
            Timeouts = new RouteTimeouts(off, off, off, off),
            DownstreamFilters = downstream,
            UpstreamFilters = upstream,
        };
        Flow.FromGraph(new SyntheticCodec(clients, route, _pool))
            .Join(BidiFlow.FromGraph(_below))
            .Join(BidiFlow.FromGraph(new FilterChainStage(FilterPosition.Downstream)))
            .Join(BidiFlow.FromGraph(new FilterChainStage(FilterPosition.Upstream)))
            .Join(BidiFlow.FromGraph(_above))
            .Join(Flow.FromGraph(new SyntheticDispatch(stalls ?? (_ => false))))
            .Run(_system.Materializer());
    }

    private static SyntheticClient[] Clients(Func<int, bool>? reads = null) =>
    [
        .. Enumerable.Range(1, Exchanges).Select(number => new SyntheticClient
        {
            Content = Bytes(number, 300_000),
            PieceSize = PieceSize,
            Reads = reads?.Invoke(number) ?? true,
        }),
    ];

    private static byte[] Bytes(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static async Task AllOthersEnd(SyntheticClient[] clients)
    {
        foreach (var client in clients.Where((_, i) => i != Stalled - 1)) await Ended(client);
        Assert.False(clients[Stalled - 1].Done.Task.IsCompleted);
    }

    private static async Task Ended(SyntheticClient client)
    {
        Assert.Equal("ended", await client.Done.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.True(client.Content.AsSpan().SequenceEqual(client.Received.ToArray()));
    }

    /// <summary>When all others have ended, the buffers that are out are those of the stalled exchange.</summary>
    private void AssertBounded(SyntheticClient[] clients, int responseSides)
    {
        Assert.InRange(clients[Stalled - 1].Sent, 0, CreditWindow.Initial * (1 + responseSides));
        Assert.InRange(_pool.Outstanding, 0, PiecesOfCredit * (1 + responseSides));
        Assert.True(_pool.Outstanding > 0 || clients[Stalled - 1].Sent == 0);
    }

    /// <summary>Never completes for the stalled exchange, at the named hook.</summary>
    private sealed class StuckFilter(string where) : HttpFilter
    {
        private readonly TaskCompletionSource<FilterVerdict> _never = new();

        public override string Name => "stuck";

        public override ValueTask<FilterVerdict> OnRequestHead(FilterContext context, RequestHead request) => At("request head", context);

        public override ValueTask<FilterVerdict> OnRequestContent(FilterContext context, FilterContent content) => At("request content", context);

        public override ValueTask<FilterVerdict> OnResponseHead(FilterContext context, ResponseHead response) => At("response head", context);

        public override ValueTask<FilterVerdict> OnResponseContent(FilterContext context, FilterContent content) => At("response content", context);

        private ValueTask<FilterVerdict> At(string hook, FilterContext context) =>
            context.Exchange.Number == Stalled && where.EndsWith(hook, StringComparison.Ordinal) ? new(_never.Task) : default;
    }

    private sealed class PassingFilter : HttpFilter
    {
        public override string Name => "passing";

        public override ValueTask<FilterVerdict> OnRequestContent(FilterContext context, FilterContent content) => default;

        public override ValueTask<FilterVerdict> OnResponseContent(FilterContext context, FilterContent content) => default;
    }

    /// <summary>Completes on another thread, now and then.</summary>
    private sealed class LateFilter : HttpFilter
    {
        private int _calls;

        public override string Name => "late";

        public override ValueTask<FilterVerdict> OnRequestHead(FilterContext context, RequestHead request) => Late();

        public override ValueTask<FilterVerdict> OnRequestContent(FilterContext context, FilterContent content) => Late();

        public override ValueTask<FilterVerdict> OnResponseHead(FilterContext context, ResponseHead response) => Late();

        public override ValueTask<FilterVerdict> OnResponseContent(FilterContext context, FilterContent content) => Late();

        private async ValueTask<FilterVerdict> Late()
        {
            if (Interlocked.Increment(ref _calls) % 3 == 0) await Task.Yield();
            return FilterVerdict.Continue;
        }
    }

    /// <summary>Turns every piece of content around, in a buffer of its own: twice makes the original.</summary>
    private sealed class ReversingFilter : HttpFilter
    {
        public override string Name => "reversing";

        public override ValueTask<FilterVerdict> OnRequestContent(FilterContext context, FilterContent content)
        {
            var bytes = content.Span.ToArray();
            bytes.AsSpan().Reverse();
            content.Replace(bytes);
            return default;
        }
    }
}
