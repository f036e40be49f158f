using Scp.Streams.Filters;
using Scp.Streams.Messages;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Filters;

public class HttpFilterSpec
{
    private sealed class HeadsOnly : HttpFilter
    {
        public override string Name => "heads";

        public override ValueTask<FilterVerdict> OnRequestHead(FilterContext context, RequestHead request) => default;

        public override void OnExchangeCompleted(FilterContext context) { }

        public static void Change(ResponseHead response) => ChangesContent(response);
    }

    private sealed class ContentOnly : HttpFilter
    {
        public override string Name => "content";

        public override ValueTask<FilterVerdict> OnRequestContent(FilterContext context, FilterContent content) => default;
    }

    [Fact]
    public void A_filter_knows_which_hooks_it_overrides()
    {
        Assert.Equal(FilterHooks.RequestHead | FilterHooks.ExchangeCompleted, new HeadsOnly().Hooks);
        Assert.Equal((FilterHooks)63, new ScriptedFilter("all").Hooks);
    }

    [Fact]
    public void Content_passes_synchronous_filters_without_an_allocation()
    {
        var exchange = Heads.Request().Exchange;
        HttpFilter[] filters = [new ContentOnly(), new HeadsOnly(), new ContentOnly()];
        var chain = new FilterExchange(exchange, FilterPosition.Downstream, filters, new NoPorts { Keeps = false });
        exchange.Request.EndsMessage = false;
        chain.AcceptRequest(exchange.Request);
        var part = new RequestContent(exchange, ContentSlice.Copy("abc"u8), endsMessage: false);
        for (var i = 0; i < 100; i++) chain.AcceptRequest(part);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) chain.AcceptRequest(part);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Each_filter_has_a_state_of_its_own_for_each_exchange()
    {
        var first = new FilterExchange(Heads.Request().Exchange, FilterPosition.Downstream, [new HeadsOnly(), new HeadsOnly()], new NoPorts());
        var a = new FilterContext(first, 0);
        var b = new FilterContext(first, 1);
        a.State = "a";
        b.State = "b";
        Assert.Equal("a", new FilterContext(first, 0).State);
        Assert.Equal("b", new FilterContext(first, 1).State);
    }

    [Fact]
    public void A_response_whose_content_changes_is_sent_in_chunks()
    {
        var response = Heads.Response(Heads.Request(), 200, "Content-Length: 5");
        response.Framing = BodyFraming.Length;
        response.ContentLength = 5;
        HeadsOnly.Change(response);
        Assert.Equal((BodyFraming.Chunked, -1L), (response.Framing, response.ContentLength));
        Assert.Empty(Heads.Lines(response.Fields));
    }

    [Fact]
    public void Failures_are_reported_ever_more_rarely()
    {
        var filter = new HeadsOnly();
        Assert.Equal([1, 2, 4, 8, 16], Enumerable.Range(1, 20).Where(_ => filter.CountFailure(out int _)));
    }
}
