using System.Net;
using Scp.Streams.Dispatch;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Dispatch;

/// <summary>Requests whose backend fails, in the whole pipeline: who gets them next, and what the client sees.</summary>
[Collection(PipelineTests.Name)]
public class RetriesSpec(PipelineFixture fixture)
{
    private const string Three = "scp.pools.origin.backends = [{ address = \"127.0.0.1:1\" }, { address = \"127.0.0.1:2\" }, { address = \"127.0.0.1:3\" }]\n scp.pools.origin.load-balancing = round-robin\n";
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Busy = "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy";

    [Theory]
    [InlineData("GET", 200, 2)]
    [InlineData("PUT", 200, 2)]
    [InlineData("DELETE", 200, 2)]
    [InlineData("POST", 502, 1)]
    [InlineData("PATCH", 502, 1)]
    [InlineData("REPORT", 502, 1)]
    public void Only_what_is_idempotent_is_sent_to_another_backend(string method, int status, int connections)
    {
        using var proxy = Proxy(FailFirst(c => c.Abort()));

        var response = Ask(proxy, $"{method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");

        Assert.StartsWith($"HTTP/1.1 {status} ", response);
        Assert.Equal(connections, proxy.Origin.Connections.Count);
        Assert.Equal(connections, proxy.Origin.Connections.Select(c => c.Address).Distinct().Count());
    }

    [Fact]
    public void A_route_may_say_which_methods_are_idempotent()
    {
        using var proxy = Proxy(FailFirst(c => c.Abort()), "scp.routes.all.retries.idempotent-methods = [REPORT, POST]");

        Assert.StartsWith("HTTP/1.1 200 ", Ask(proxy, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"));
        Assert.EndsWith("abc", proxy.Origin.Connection(1).Received);
    }

    [Fact]
    public void A_route_may_have_no_retries()
    {
        using var proxy = Proxy(FailFirst(c => c.Abort()), "scp.routes.all.retries.enabled = off");

        Assert.StartsWith("HTTP/1.1 502 ", Ask(proxy, Get));
    }

    [Fact]
    public void Content_is_sent_again_byte_for_byte()
    {
        var content = string.Concat(Enumerable.Range(0, 60_000).Select(i => (char)('a' + (i % 26))));
        using var proxy = Proxy(FailFirst(c => c.Abort()));

        Assert.StartsWith("HTTP/1.1 200 ", Ask(proxy, $"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n{content}"));
        Assert.EndsWith("\r\n\r\n" + content, proxy.Origin.Connection(1).Received);
    }

    [Fact]
    public void Chunked_content_is_sent_again_with_its_trailers()
    {
        using var proxy = Proxy(FailFirst(c => c.Abort()));
        var client = proxy.Connect();
        client.Send("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n");
        client.Send("4\r\ndefg\r\n0\r\nX-Sum: 7\r\n\r\n");

        client.ReadUntil("ok");
        var sent = proxy.Origin.Connection(1).Received;
        Assert.Equal("abcdefg", string.Concat(sent.Split("\r\n\r\n", 2)[1].Split("\r\n").Where(l => l.Length > 1 && char.IsLetter(l[0]) && !l.Contains(':'))));
        Assert.EndsWith("0\r\nX-Sum: 7\r\n\r\n", sent);
    }

    [Fact]
    public void A_backend_that_fails_in_the_middle_of_an_upload_loses_it_to_another_one()
    {
        using var proxy = Proxy(c =>
        {
            if (c.Index == 0 && c.Received.EndsWith("half", StringComparison.Ordinal)) c.Abort();
            if (c.Index == 1) OriginScripts.Ok(c);
        });
        var client = proxy.Connect();
        client.Send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\nhalf");
        proxy.Origin.Connection(1).ReadUntil("half");
        client.Send("rest");

        Assert.StartsWith("HTTP/1.1 200 ", client.ReadUntil("ok"));
        Assert.EndsWith("\r\n\r\nhalfrest", proxy.Origin.Connection(1).Received);
    }

    [Fact]
    public void Content_above_the_buffer_is_sent_once()
    {
        using var proxy = Proxy(FailFirst(c => c.Abort()), "scp.pools.origin.retries.buffer = 10KiB");

        var response = Ask(proxy, $"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n{new string('x', 20000)}");

        Assert.StartsWith("HTTP/1.1 502 ", response);
        Assert.Single(proxy.Origin.Connections);
    }

    [Fact]
    public void A_status_that_counts_as_a_failure_is_not_seen_by_the_client_when_another_backend_answers()
    {
        using var proxy = Proxy(c => OriginScripts.Say(c.Index == 0 ? Busy : OriginScripts.OkResponse)(c));

        Assert.StartsWith("HTTP/1.1 200 ", Ask(proxy, Get));
        Assert.Equal((1, 1), (proxy.Pool("origin").Backends.Sum(b => b.Outcomes.Successes), proxy.Pool("origin").Backends.Sum(b => b.Outcomes.Failures)));
    }

    [Fact]
    public void The_connection_of_a_rejected_response_is_kept_when_it_is_clean()
    {
        using var proxy = Proxy(c => OriginScripts.Say(c.Index == 0 ? Busy : OriginScripts.OkResponse)(c));
        Ask(proxy, Get);

        proxy.Settles();
        Assert.Equal(2, proxy.Pool("origin").Backends.Sum(b => b.Connections.IdleCount));
    }

    [Fact]
    public void A_rejected_response_that_is_not_complete_is_dropped_with_its_connection()
    {
        using var proxy = Proxy(c =>
        {
            if (c.Index > 0) OriginScripts.Ok(c);
            else if (c.TryTake(out _)) c.Send("HTTP/1.1 503 Busy\r\nContent-Length: 400000\r\n\r\nmuch");
        });

        Assert.StartsWith("HTTP/1.1 200 ", Ask(proxy, Get));
        Eventually.Holds(() => proxy.Origin.Connection(0).IsOver, "The connection stayed open.");
    }

    [Fact]
    public void When_all_backends_fail_the_last_response_passes_as_it_is()
    {
        using var proxy = Proxy(c => OriginScripts.Say($"HTTP/1.1 503 Busy\r\nX-Number: {c.Index}\r\nContent-Length: 4\r\n\r\nbusy")(c));
        var client = proxy.Connect();
        client.Send(Get);
        proxy.Origin.Connection(1).ReadUntil("\r\n\r\n");

        Let(proxy, () => client.ReceivedLength > 0);
        var response = client.ReadUntil("busy");
        Assert.StartsWith("HTTP/1.1 503 Busy", response);
        Assert.Contains("X-Number: 2\r\n", response);
    }

    [Fact]
    public void Statuses_that_are_not_listed_pass_at_once()
    {
        using var proxy = Proxy(OriginScripts.Say("HTTP/1.1 500 Oops\r\nContent-Length: 2\r\n\r\nno"));

        Assert.StartsWith("HTTP/1.1 500 ", Ask(proxy, Get, "no"));
        Assert.Single(proxy.Origin.Connections);
    }

    [Fact]
    public void A_post_that_got_a_503_gets_it_passed()
    {
        using var proxy = Proxy(OriginScripts.Say(Busy));

        Assert.StartsWith("HTTP/1.1 503 ", Ask(proxy, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "busy"));
        Assert.Single(proxy.Origin.Connections);
    }

    [Fact]
    public void After_a_byte_of_the_response_nothing_is_tried_again()
    {
        using var proxy = Proxy(FailFirst(c =>
        {
            c.Send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            c.Abort();
        }));
        var client = proxy.Connect();
        client.Send(Get);

        Eventually.Holds(() => client.IsOver, "The response was not cut.");
        Assert.Single(proxy.Origin.Connections);
    }

    [Fact]
    public void An_interim_response_binds_nobody()
    {
        using var proxy = Proxy(FailFirst(c =>
        {
            c.Send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
            c.Finish();
        }));

        var response = Ask(proxy, Get);

        Assert.StartsWith("HTTP/1.1 103 ", response);
        Assert.Contains("\r\n\r\nHTTP/1.1 200 ", response);
    }

    [Fact]
    public void A_client_that_waits_for_100_gets_it_once()
    {
        using var proxy = Proxy(c =>
        {
            if (c.Received.EndsWith("\r\n\r\n", StringComparison.Ordinal)) c.Send("HTTP/1.1 100 Continue\r\n\r\n");
            else if (c.Index == 0) c.Abort();
            else if (c.TryTake(out _)) c.Send("HTTP/1.1 100 Continue\r\n\r\n" + OriginScripts.OkResponse);
        });
        var client = proxy.Connect();
        client.Send("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
        client.ReadUntil("100 Continue\r\n\r\n");
        client.Send("abc");

        Assert.Equal(2, client.ReadUntil("ok").Split("HTTP/1.1 100").Length);
    }

    [Fact]
    public void Any_method_goes_elsewhere_when_nothing_was_sent_and_that_costs_no_budget()
    {
        using var proxy = Proxy(OriginScripts.Ok, "scp.pools.origin.retries { budget = 0%, budget-minimum = 0 }");
        proxy.Origin.Fate = address => address.ToString() == "127.0.0.1:1" ? ConnectFate.Refused : ConnectFate.Accepted;
        for (var i = 0; i < 6; i++) Assert.StartsWith("HTTP/1.1 200 ", Ask(proxy, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"));
    }

    [Fact]
    public void The_budget_holds_a_storm()
    {
        using var proxy = Proxy(OriginScripts.SayAndClose(Busy), "scp.pools.origin.retries { budget = 20%, budget-minimum = 3, attempts = 2 }");
        for (var i = 0; i < 300; i++) Ask(proxy, Get, "busy");

        proxy.Settles(); // also the places of the retries that the budget refused
        // 30 for the window of the minimum, and 20 % of what came so far each time
        Assert.InRange(proxy.Completed.Records.Sum(r => r.Attempts), 385, 391);
    }

    [Fact]
    public void No_more_backends_are_tried_than_allowed()
    {
        using var proxy = Proxy(OriginScripts.Say(Busy), "scp.pools.origin.retries.attempts = 2");

        Assert.StartsWith("HTTP/1.1 503 ", Ask(proxy, Get, "busy"));
        Assert.Equal(2, proxy.Origin.Connections.Count);
    }

    [Fact]
    public void The_second_retry_waits_and_the_time_for_all_goes_on()
    {
        using var proxy = Proxy(
            c => OriginScripts.Say(Busy)(c), "scp.pools.origin.retries.back-off = 5s\n scp.timeouts.total = 2s");
        var client = proxy.Connect();
        client.Send(Get);
        proxy.Origin.Connection(1).ReadUntil("\r\n\r\n");
        Eventually.Holds(() => proxy.Pool("origin").Backends.Sum(b => b.Outcomes.Failures) == 2, "The second response did not come.");

        proxy.Advance(TimeSpan.FromSeconds(3));

        Assert.StartsWith("HTTP/1.1 504 ", client.ReadUntil("\n"));
        proxy.Settles();
        Assert.Equal(2, proxy.Origin.Connections.Count);
    }

    [Fact]
    public void A_client_that_goes_away_during_the_back_off_leaves_nothing_behind()
    {
        using var proxy = Proxy(OriginScripts.Say(Busy), "scp.pools.origin.retries.back-off = 5s");
        var client = proxy.Connect();
        client.Send(Get);
        proxy.Origin.Connection(1).ReadUntil("\r\n\r\n");
        Eventually.Holds(() => proxy.Pool("origin").Backends.Sum(b => b.Outcomes.Failures) == 2, "The second response did not come.");

        client.Abort();

        proxy.Settles();
        proxy.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(2, proxy.Origin.Connections.Count);
    }

    [Fact]
    public void A_dead_idle_connection_is_replaced_once_and_then_another_backend_is_asked()
    {
        using var proxy = Proxy(c =>
        {
            if (!c.TryTake(out var request)) return;
            if (request.Contains("/second", StringComparison.Ordinal) && c.Address!.ToString() == "127.0.0.1:1") c.Abort();
            else c.Send(OriginScripts.OkResponse);
        });
        for (var i = 0; i < 3; i++) Ask(proxy, Get); // an idle connection to each

        Assert.StartsWith("HTTP/1.1 200 ", Ask(proxy, Get.Replace("/ ", "/second ")));
        proxy.Settles();
        Assert.Equal(4, proxy.Origin.Connections.Count);
        Assert.Equal(3, proxy.Completed.Records.Last().Attempts);
    }

    [Fact]
    public void An_attempt_that_takes_too_long_is_given_up_for_another_one()
    {
        using var proxy = Proxy(FailFirst(_ => { }), "scp.pools.origin.retries.attempt-timeout = 100ms");
        var client = proxy.Connect();
        client.Send(Get);
        proxy.Origin.Connection(0).ReadUntil("\r\n\r\n");

        proxy.Time.Advance(TimeSpan.FromMilliseconds(101));

        Assert.StartsWith("HTTP/1.1 200 ", client.ReadUntil("ok"));
        proxy.Settles();
        Assert.Equal(1, proxy.Pool("origin").Backends.Sum(b => b.Outcomes.Failures));
    }

    [Fact]
    public void A_slow_attempt_that_nobody_can_replace_goes_on()
    {
        using var proxy = Proxy(FailFirst(_ => { }), "scp.pools.origin.retries.attempt-timeout = 100ms");
        var client = proxy.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        proxy.Origin.Connection(0).ReadUntil("\r\n\r\n");

        proxy.Time.Advance(TimeSpan.FromMilliseconds(500));
        proxy.Origin.Connection(0).Send(OriginScripts.OkResponse);

        Assert.StartsWith("HTTP/1.1 200 ", client.ReadUntil("ok"));
    }

    private PipelineHarness Proxy(Action<MemoryOriginConnection> script, string configuration = "") =>
        new(fixture, script, Three + configuration);

    private static string Ask(PipelineHarness proxy, string request, string until = "")
    {
        var client = proxy.Connect();
        client.Send(request);
        Let(proxy, () => client.ReceivedLength > 0);
        if (until.Length > 0) return client.ReadUntil(until);
        Eventually.Holds(() => client.IsOver || client.Received.EndsWith("ok", StringComparison.Ordinal) || client.Received.EndsWith('\n'), "No response.");
        return client.Received.StartsWith("HTTP/1.1 1", StringComparison.Ordinal) ? client.ReadUntil("ok") : client.Received;
    }

    /// <summary>Lets back-offs pass until the condition holds.</summary>
    private static void Let(PipelineHarness proxy, Func<bool> condition) => Eventually.Holds(
        () =>
        {
            if (!condition()) proxy.Time.Advance(TimeSpan.FromMilliseconds(1));
            return condition();
        },
        "Nothing came.");

    /// <summary>The first connection does this with a complete request, all others answer.</summary>
    private static Action<MemoryOriginConnection> FailFirst(Action<MemoryOriginConnection> fail) => connection =>
    {
        if (connection.Index > 0) OriginScripts.Ok(connection);
        else if (connection.TryTake(out _)) fail(connection);
    };
}
