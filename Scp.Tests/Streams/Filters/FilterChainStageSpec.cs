using Scp.Streams.Errors;
using Scp.Streams.Filters;
using Scp.Streams.Messages;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Filters;

public class FilterChainStageSpec
{
    private static readonly Func<FilterContext, RequestHead, ValueTask<FilterVerdict>> Answer403 = (context, _) =>
    {
        context.LocalResponse.Status = 403;
        context.LocalResponse.Content = ContentSlice.Copy("no"u8);
        return new(FilterVerdict.Respond);
    };

    private static ValueTask<FilterVerdict> Verdict(FilterVerdict verdict) => new(verdict);

    private static FieldSection Trailers() => Heads.Request("Digest: x").Fields;

    [Theory]
    [InlineData(FilterPosition.Downstream)]
    [InlineData(FilterPosition.Upstream)]
    public async Task Parts_of_a_route_without_filters_pass_as_the_same_objects(FilterPosition position)
    {
        await using var chain = new ChainHarness(position);
        var exchange = chain.Exchange(ends: false);
        var head = new ResponseHead(exchange) { Status = 204, EndsMessage = true };
        chain.Request(exchange.Request, new RequestEnd(exchange));
        chain.Response(head);
        await chain.Settle();
        Assert.Same(exchange.Request, await chain.Origin.Received.ReadAsync());
        Assert.Same(head, await chain.Client.Received.ReadAsync());
        Assert.Null(position == FilterPosition.Downstream ? exchange.DownstreamFilterState : exchange.UpstreamFilterState);
    }

    [Fact]
    public async Task A_chain_runs_only_the_filters_of_its_own_position()
    {
        var filter = new ScriptedFilter("a");
        await using var chain = new ChainHarness(FilterPosition.Upstream, filter);
        var exchange = chain.Exchange();
        chain.Request(exchange.Request);
        await chain.Settle();
        Assert.Null(exchange.DownstreamFilterState);
        Assert.Equal(["a: request head"], filter.Seen);
    }

    [Fact]
    public async Task A_request_passes_the_filters_in_order_and_its_response_in_reverse()
    {
        var seen = new List<string>();
        await using var chain = new ChainHarness(
            FilterPosition.Downstream, new ScriptedFilter("a") { Seen = seen }, new ScriptedFilter("b") { Seen = seen });
        var exchange = chain.Exchange("POST", ends: false);
        exchange.Request.Content = chain.Content("one");
        chain.Request(exchange.Request, new RequestContent(exchange, chain.Content("two"), false), new RequestEnd(exchange, Trailers()));
        chain.Response(
            new ResponseHead(exchange) { Status = 103 },
            new ResponseHead(exchange) { Status = 200, Content = chain.Content("x") },
            new ResponseContent(exchange, chain.Content("y"), true));
        Assert.Equal(["head \"one\"", "content \"two\"", "end [Digest: x]"], await chain.AtOrigin());
        Assert.Equal(["head 103", "head 200 \"x\"", "content \"y\" end"], await chain.AtClient());
        Assert.Equal(
            [
                "a: request head", "b: request head", "a: request content \"one\"", "b: request content \"one\"",
                "a: request content \"two\"", "b: request content \"two\"", "a: request content \"\" end", "b: request content \"\" end",
                "a: Request trailers Digest: x", "b: Request trailers Digest: x",
                "b: response head 200", "a: response head 200", "b: response content \"x\"", "a: response content \"x\"",
                "b: response content \"y\" end", "a: response content \"y\" end", "a: completed", "b: completed",
            ],
            seen);
        Assert.Equal(0, chain.BuffersOut);
    }

    [Fact]
    public async Task Content_that_a_filter_replaces_or_holds_back_leaves_the_credit_as_it_was()
    {
        var kept = "";
        var filter = new ScriptedFilter("upper")
        {
            ChangesLength = true,
            RequestContent = (_, content) =>
            {
                kept += Heads.Text(content.Span);
                if (content.EndsMessage) content.Replace(Heads.Bytes(kept.ToUpperInvariant() + "!"));
                else content.Replace(default(ContentSlice));
                return default;
            },
            ResponseContent = (_, content) =>
            {
                content.Replace(Heads.Bytes(Heads.Text(content.Span) + "+"));
                return default;
            },
        };
        await using var chain = new ChainHarness(FilterPosition.Downstream, filter);
        var exchange = chain.Exchange("POST", ends: false);
        exchange.Request.Framing = BodyFraming.Length;
        exchange.Request.Content = chain.Content("ab");
        chain.Request(exchange.Request, new RequestContent(exchange, chain.Content("cd"), false), new RequestEnd(exchange));
        chain.Response(new ResponseHead(exchange) { Status = 200 }, new ResponseContent(exchange, chain.Content("xy"), true));
        await chain.Settle();
        Assert.Equal(CreditWindow.Initial - 5, exchange.RequestCredit);
        Assert.Equal(CreditWindow.Initial - 3, exchange.ResponseCredit);
        Assert.Equal(["head", "content \"ABCD!\"", "end"], await chain.AtOrigin());
        Assert.Equal(["head 200", "content \"xy+\" end"], await chain.AtClient());
        Assert.Equal(BodyFraming.Chunked, exchange.Request.Framing);
        Assert.Equal(CreditWindow.Initial, exchange.RequestCredit);
        Assert.Equal(CreditWindow.Initial, exchange.ResponseCredit);
        Assert.Equal(0, chain.BuffersOut);
    }

    [Fact]
    public async Task A_filter_that_responds_keeps_the_request_from_the_origin_and_the_rest_of_it_is_read_away()
    {
        await using var chain = new ChainHarness(FilterPosition.Downstream, new ScriptedFilter("a") { RequestHead = Answer403 });
        var exchange = chain.Exchange("POST", ends: false);
        exchange.Request.Content = chain.Content("one");
        chain.Request(exchange.Request, new RequestContent(exchange, chain.Content("two"), false), new RequestEnd(exchange));
        await chain.Settle();
        Assert.Empty(await chain.AtOrigin());
        Assert.Equal(CreditWindow.Initial, exchange.RequestCredit);
        Assert.Equal(["head 403 [Content-Length: 2] \"no\" end"], await chain.AtClient());
        Assert.Equal(CreditWindow.Initial, exchange.ResponseCredit);
        Assert.Equal(2, chain.RequestCredits.Count);
        Assert.Equal(0, chain.BuffersOut);
    }

    [Fact]
    public async Task Only_the_filters_before_the_one_that_responds_see_its_response()
    {
        var seen = new List<string>();
        await using var chain = new ChainHarness(
            FilterPosition.Downstream,
            new ScriptedFilter("a") { Seen = seen },
            new ScriptedFilter("b") { Seen = seen, RequestHead = Answer403 },
            new ScriptedFilter("c") { Seen = seen });
        chain.Request(chain.Exchange().Request);
        await chain.AtClient();
        Assert.Equal(
            [
                "a: request head", "b: request head", "a: response head 403", "a: response content \"no\" end",
                "a: completed", "b: completed", "c: completed",
            ],
            seen);
    }

    [Fact]
    public async Task A_response_to_head_by_a_filter_has_the_length_and_no_content()
    {
        await using var chain = new ChainHarness(FilterPosition.Downstream, new ScriptedFilter("a") { RequestHead = Answer403 });
        chain.Request(chain.Exchange("HEAD").Request);
        Assert.Equal(["head 403 [Content-Length: 2] end"], await chain.AtClient());
    }

    [Fact]
    public async Task A_filter_that_responds_late_has_the_origin_told_and_its_response_dropped()
    {
        await using var chain = new ChainHarness(FilterPosition.Downstream, new ScriptedFilter("a")
        {
            RequestContent = (context, _) => Answer403(context, context.Exchange.Request),
        });
        var exchange = chain.Exchange("POST", ends: false);
        chain.Request(exchange.Request, new RequestContent(exchange, chain.Content("bad"), false));
        await chain.Settle();
        chain.Response(
            new ResponseHead(exchange) { Status = 200, Content = chain.Content("late") },
            new ResponseContent(exchange, chain.Content("later"), true));
        chain.Request(new RequestContent(exchange, chain.Content("more"), true));
        Assert.Equal(["head", "rejected FilterDenied"], await chain.AtOrigin());
        Assert.Equal(["head 403 [Content-Length: 2] \"no\" end"], await chain.AtClient());
        Assert.Equal(CreditWindow.Initial, exchange.RequestCredit);
        Assert.Equal(CreditWindow.Initial, exchange.ResponseCredit);
        Assert.Equal(0, chain.BuffersOut);
    }

    [Fact]
    public async Task A_filter_may_replace_the_response_of_the_origin()
    {
        await using var chain = new ChainHarness(FilterPosition.Downstream, new ScriptedFilter("a")
        {
            ResponseHead = (context, _) => Answer403(context, context.Exchange.Request),
        });
        var exchange = chain.Exchange();
        chain.Request(exchange.Request);
        chain.Response(new ResponseHead(exchange) { Status = 200, Content = chain.Content("secret") });
        chain.Response(new ResponseContent(exchange, chain.Content("secret"), false));
        Assert.Equal(["head 403 [Content-Length: 2] \"no\" end"], await chain.AtClient());
        Assert.Equal(["head end", "rejected FilterDenied"], await chain.AtOrigin());
        Assert.Equal(0, chain.BuffersOut);
    }

    [Fact]
    public async Task A_response_larger_than_the_credit_follows_as_the_client_takes_it()
    {
        await using var chain = new ChainHarness(FilterPosition.Downstream, new ScriptedFilter("a")
        {
            RequestHead = (context, _) =>
            {
                context.LocalResponse.Status = 200;
                context.LocalResponse.Content = ContentSlice.Copy(new byte[150_000]);
                return new(FilterVerdict.Respond);
            },
        });
        var exchange = chain.Exchange();
        chain.Request(exchange.Request);
        Assert.Equal(["head 200 [Content-Length: 150000] 65536 bytes"], await chain.AtClient());
        Assert.Equal(["content 65536 bytes"], await chain.AtClient());
        Assert.Equal(["content 18928 bytes end"], await chain.AtClient());
        Assert.Equal(CreditWindow.Initial, exchange.ResponseCredit);
    }

    [Fact]
    public async Task Abort_before_the_response_head_fails_the_response_and_rejects_the_request()
    {
        await using var chain = new ChainHarness(FilterPosition.Downstream, new ScriptedFilter("a")
        {
            RequestContent = (_, _) => Verdict(FilterVerdict.Abort),
        });
        var exchange = chain.Exchange("POST", ends: false);
        chain.Request(exchange.Request, new RequestContent(exchange, chain.Content("bad"), false));
        Assert.Equal(["head", "rejected FilterDenied"], await chain.AtOrigin());
        Assert.Equal(["failed FilterDenied"], await chain.AtClient());
        Assert.Equal(0, chain.BuffersOut);
    }

    [Theory]
    [InlineData(FilterVerdict.Abort)]
    [InlineData(FilterVerdict.Respond)]
    public async Task After_the_response_head_abort_and_respond_both_cut_the_response(FilterVerdict verdict)
    {
        await using var chain = new ChainHarness(FilterPosition.Downstream, new ScriptedFilter("a")
        {
            ResponseContent = (_, content) => Verdict(Heads.Text(content.Span) == "bad" ? verdict : FilterVerdict.Continue),
        });
        var exchange = chain.Exchange();
        chain.Request(exchange.Request);
        chain.Response(new ResponseHead(exchange) { Status = 200 }, new ResponseContent(exchange, chain.Content("good"), false));
        chain.Response(new ResponseContent(exchange, chain.Content("bad"), false));
        Assert.Equal(["head 200", "content \"good\"", "failed FilterDenied"], await chain.AtClient());
        Assert.Equal(["head end", "rejected FilterDenied"], await chain.AtOrigin());
        Assert.Equal(0, chain.BuffersOut);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_filter_that_throws_fails_its_exchange_only(bool later)
    {
        await using var chain = new ChainHarness(FilterPosition.Downstream, new ScriptedFilter("a")
        {
            RequestHead = async (context, _) =>
            {
                if (later) await Task.Yield();
                return context.Exchange.Number == 1 ? throw new InvalidOperationException("broken") : FilterVerdict.Continue;
            },
        });
        var (first, second) = (chain.Exchange(), chain.Exchange());
        chain.Request(first.Request);
        Assert.Equal(["failed InternalError"], await ChainHarness.Until(chain.AtClient));
        chain.Request(second.Request);
        Assert.Equal(["head end"], await ChainHarness.Until(chain.AtOrigin));
    }

    [Fact]
    public async Task An_asynchronous_filter_keeps_its_own_exchange_waiting_in_order()
    {
        var gate = new TaskCompletionSource<FilterVerdict>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var chain = new ChainHarness(FilterPosition.Downstream, new ScriptedFilter("a")
        {
            RequestHead = (context, _) => context.Exchange.Number == 1 ? new(gate.Task) : default,
        });
        var (first, second) = (chain.Exchange("POST", ends: false), chain.Exchange());
        chain.Request(first.Request, new RequestContent(first, chain.Content("one"), false), second.Request);
        chain.Request(new RequestContent(first, chain.Content("two"), true));
        Assert.Equal(["head end"], await chain.AtOrigin());
        await Task.Run(() => gate.SetResult(FilterVerdict.Continue));
        Assert.Equal(["head", "content \"one\"", "content \"two\" end"], await ChainHarness.Until(chain.AtOrigin));
        Assert.Equal(0, chain.BuffersOut);
    }

    [Fact]
    public async Task A_client_that_goes_away_cuts_a_waiting_exchange_and_its_buffer_lives_until_the_filter_is_done()
    {
        var gate = new TaskCompletionSource<FilterVerdict>();
        await using var chain = new ChainHarness(FilterPosition.Downstream, new ScriptedFilter("a")
        {
            RequestContent = (_, _) => new(gate.Task),
        });
        var exchange = chain.Exchange("POST", ends: false);
        chain.Request(exchange.Request, new RequestContent(exchange, chain.Content("one"), false));
        chain.Request(new RequestContent(exchange, chain.Content("two"), false));
        chain.Request(new RequestRejected(exchange, ProxyError.ClientDisconnected));
        Assert.Equal(["head", "rejected ClientDisconnected"], await chain.AtOrigin());
        Assert.Equal(1, chain.BuffersOut);
        await Task.Run(() => gate.SetResult(FilterVerdict.Respond));
        await chain.Settle();
        Assert.Empty(await chain.AtClient());
        Assert.Equal(0, chain.BuffersOut);
    }

    [Fact]
    public async Task When_the_origin_fails_what_waits_in_a_filter_is_dropped_and_the_client_told()
    {
        var gate = new TaskCompletionSource<FilterVerdict>();
        await using var chain = new ChainHarness(FilterPosition.Downstream, new ScriptedFilter("a")
        {
            ResponseContent = (_, _) => new(gate.Task),
        });
        var exchange = chain.Exchange();
        chain.Request(exchange.Request);
        chain.Response(new ResponseHead(exchange) { Status = 200 }, new ResponseContent(exchange, chain.Content("one"), false));
        chain.Response(new ResponseContent(exchange, chain.Content("two"), false), new ResponseFailed(exchange, ProxyError.UpstreamReset));
        Assert.Equal(["head 200", "failed UpstreamReset"], await chain.AtClient());
        await Task.Run(() => gate.SetResult(FilterVerdict.Continue));
        await chain.Settle();
        Assert.Empty(await chain.AtClient());
        Assert.Equal(0, chain.BuffersOut);
    }

    [Fact]
    public async Task An_upload_that_is_cut_after_its_response_has_ended_fails_no_response()
    {
        await using var chain = new ChainHarness(FilterPosition.Downstream, new ScriptedFilter("a")
        {
            RequestContent = (_, _) => Verdict(FilterVerdict.Abort),
        });
        var exchange = chain.Exchange("POST", ends: false);
        chain.Request(exchange.Request);
        chain.Response(new ResponseHead(exchange) { Status = 200, EndsMessage = true });
        Assert.Equal(["head 200 end"], await chain.AtClient());
        chain.Request(new RequestContent(exchange, chain.Content("bad"), true));
        Assert.Equal(["head", "rejected FilterDenied"], await chain.AtOrigin());
        Assert.Empty(await chain.AtClient());
        Assert.Equal(0, chain.BuffersOut);
    }

    [Fact]
    public async Task A_rejection_without_a_head_passes()
    {
        await using var chain = new ChainHarness(FilterPosition.Downstream, new ScriptedFilter("a"));
        var exchange = chain.Exchange();
        chain.Request(new RequestRejected(exchange, ProxyError.MalformedField));
        chain.Response(new ResponseFailed(exchange, ProxyError.MalformedField));
        Assert.Equal(["rejected MalformedField"], await chain.AtOrigin());
        Assert.Equal(["failed MalformedField"], await chain.AtClient());
    }

    [Fact]
    public async Task The_bytes_of_a_tunnel_are_no_content()
    {
        var filter = new ScriptedFilter("a");
        await using var chain = new ChainHarness(FilterPosition.Downstream, filter);
        var exchange = chain.Exchange(ends: false);
        chain.Request(exchange.Request);
        chain.Response(new ResponseHead(exchange) { Status = 101 });
        await chain.Settle();
        chain.Request(new RequestContent(exchange, chain.Content("ping"), false));
        chain.Response(new ResponseContent(exchange, chain.Content("pong"), false));
        Assert.Equal(["head", "content \"ping\""], await chain.AtOrigin());
        Assert.Equal(["head 101", "content \"pong\""], await chain.AtClient());
        Assert.Equal(["a: request head", "a: response head 101"], filter.Seen);
    }

    [Fact]
    public async Task A_connection_that_ends_releases_what_waits_and_completes_its_exchanges()
    {
        var gate = new TaskCompletionSource<FilterVerdict>();
        var filter = new ScriptedFilter("a") { RequestContent = (_, _) => new(gate.Task) };
        var chain = new ChainHarness(FilterPosition.Downstream, filter);
        var exchange = chain.Exchange("POST", ends: false);
        chain.Request(exchange.Request, new RequestContent(exchange, chain.Content("one"), false));
        chain.Request(new RequestContent(exchange, chain.Content("two"), false));
        await chain.Settle();
        await chain.DisposeAsync();
        await chain.Client.Stopped.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(1, chain.BuffersOut);
        await Task.Run(() => gate.SetResult(FilterVerdict.Continue));
        Assert.Equal(0, chain.BuffersOut);
        Assert.Equal("a: completed", filter.Seen[^1]);
    }

    [Fact]
    public async Task The_end_of_the_client_passes_on_after_what_waits_in_a_filter()
    {
        var gate = new TaskCompletionSource<FilterVerdict>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var chain = new ChainHarness(FilterPosition.Downstream, new ScriptedFilter("a") { RequestHead = (_, _) => new(gate.Task) });
        var exchange = chain.Exchange();
        chain.Request(exchange.Request);
        chain.Client.Finish();
        await chain.Settle();
        Assert.False(chain.Origin.Received.Completion.IsCompleted);
        await Task.Run(() => gate.SetResult(FilterVerdict.Continue));
        Assert.Equal(["head end"], await ChainHarness.Until(chain.AtOrigin));
        await chain.Origin.Received.Completion.WaitAsync(TimeSpan.FromSeconds(10));
        chain.Response(new ResponseHead(exchange) { Status = 204, EndsMessage = true });
        Assert.Equal(["head 204 end"], await chain.AtClient());
        chain.Origin.Finish();
        Assert.Null(await chain.Client.Stopped.Task.WaitAsync(TimeSpan.FromSeconds(10)));
    }
}
