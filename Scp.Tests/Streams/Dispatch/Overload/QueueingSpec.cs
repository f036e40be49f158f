using Scp.Streams.Connections;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Dispatch.Overload;

/// <summary>The limit of a backend and the queue before it, through the whole pipeline, in virtual time.</summary>
[Collection(PipelineTests.Name)]
public sealed class QueueingSpec(PipelineFixture fixture)
{
    private const string One = """
        scp.pools.origin.limits.max-requests-per-backend = 1
        scp.routes {
          critical { path = "/critical", pool = origin, priority = critical }
          sheddable { path = "/sheddable", pool = origin, priority = sheddable }
        }

        """;

    [Fact]
    public void A_request_beyond_the_limit_waits_and_goes_when_the_one_before_it_ends()
    {
        using var harness = new PipelineHarness(fixture, OriginScripts.Nothing, One);
        Begin(harness, "/first");
        var waiting = Queue(harness, "/second");
        Assert.DoesNotContain("/second", harness.Origin.Received);

        harness.Origin.Connection().Send(OriginScripts.OkResponse);

        Eventually.Holds(() => harness.Origin.Received.Contains("GET /second", StringComparison.Ordinal));
        harness.Origin.Connection().Send(OriginScripts.OkResponse);
        Assert.StartsWith("HTTP/1.1 200", waiting.ReadUntil("ok"));
        Assert.Single(harness.Origin.Connections); // the connection of the first was idle by then
    }

    [Fact]
    public void The_limit_of_a_backend_goes_before_that_of_its_pool()
    {
        using var harness = new PipelineHarness(
            fixture, OriginScripts.Nothing, One + "scp.pools.origin.backends = [{ address = \"127.0.0.1:1\", max-requests = 2 }]");
        Begin(harness, "/1");
        Begin(harness, "/2");
        Queue(harness, "/3");

        harness.Origin.Connection(1);

        Assert.DoesNotContain("/3", harness.Origin.Received);
    }

    [Fact]
    public void A_session_that_must_not_move_waits_for_its_backend()
    {
        using var harness = new PipelineHarness(
            fixture, OriginScripts.Nothing,
            One + "scp.pools.origin.affinity { mode = header, name = X-Session, secret = \"a secret of 24 characters\", when-gone = fail }");
        var client = Begin(harness, "/first");
        harness.Origin.Connection().Send(OriginScripts.OkResponse);
        var token = client.ReadUntil("ok").Split("\r\n").Single(l => l.StartsWith("X-Session: ", StringComparison.OrdinalIgnoreCase));
        Begin(harness, "/busy");

        var waiting = harness.Connect();
        waiting.Send($"GET /bound HTTP/1.1\r\nHost: a\r\n{token}\r\n\r\n");
        Eventually.Holds(() => harness.Pool("origin").Load.Queue.Waits == 1);
        harness.Origin.Connection().Send(OriginScripts.OkResponse);

        Eventually.Holds(() => harness.Origin.Received.Contains("GET /bound", StringComparison.Ordinal));
    }

    [Fact]
    public void Who_waits_too_long_gets_503_with_Retry_After()
    {
        using var harness = new PipelineHarness(fixture, OriginScripts.Nothing, One + "scp.pools.origin.queue.timeout = 2s");
        Begin(harness, "/first");
        var waiting = Queue(harness, "/second");

        harness.Advance(TimeSpan.FromMilliseconds(1999));
        Assert.Empty(waiting.Received);
        harness.Advance(TimeSpan.FromMilliseconds(1));

        var response = waiting.ReadUntil(".\n");
        Assert.StartsWith("HTTP/1.1 503", response);
        Assert.Contains("\r\nRetry-After: 1\r\n", response);
        Assert.Contains("error=connection_limit_reached; details=\"queue-timeout\"", response);
    }

    [Fact]
    public void A_full_queue_answers_at_once()
    {
        using var harness = new PipelineHarness(fixture, OriginScripts.Nothing, One + "scp.pools.origin.queue.size = 1");
        Begin(harness, "/first");
        Queue(harness, "/second");

        var refused = Ask(harness, "/third").ReadUntil(".\n");

        Assert.StartsWith("HTTP/1.1 503", refused);
        Assert.Contains("queue-full", refused);
    }

    [Fact]
    public void A_critical_request_takes_the_place_of_a_sheddable_one()
    {
        using var harness = new PipelineHarness(fixture, OriginScripts.Nothing, One + "scp.pools.origin.queue.size = 1");
        Begin(harness, "/first");
        var sheddable = Queue(harness, "/sheddable");

        Queue(harness, "/critical");

        Assert.StartsWith("HTTP/1.1 503", sheddable.ReadUntil(".\n"));
        harness.Origin.Connection().Send(OriginScripts.OkResponse);
        Eventually.Holds(() => harness.Origin.Received.Contains("GET /critical", StringComparison.Ordinal));
    }

    [Fact]
    public void The_more_urgent_goes_first()
    {
        using var harness = new PipelineHarness(fixture, OriginScripts.Nothing, One);
        Begin(harness, "/first");
        Queue(harness, "/sheddable");
        Queue(harness, "/normal");
        Queue(harness, "/critical");

        foreach (var next in new[] { "/critical", "/normal", "/sheddable" })
        {
            harness.Origin.Connection().Send(OriginScripts.OkResponse);
            Eventually.Holds(() => harness.Origin.Received.Contains($"GET {next} ", StringComparison.Ordinal), $"{next} did not follow.");
        }
    }

    [Fact]
    public void A_client_that_goes_away_leaves_the_queue()
    {
        using var harness = new PipelineHarness(fixture, OriginScripts.Nothing, One);
        Begin(harness, "/first");
        Queue(harness, "/second").Abort();
        Queue(harness, "/third");

        harness.Origin.Connection().Send(OriginScripts.OkResponse);

        Eventually.Holds(() => harness.Origin.Received.Contains("GET /third", StringComparison.Ordinal));
        Assert.DoesNotContain("/second", harness.Origin.Received);
        Eventually.Holds(() => harness.Pool("origin").Load.Queue.Count == 0);
    }

    [Fact]
    public void Content_that_comes_while_the_request_waits_is_sent_when_it_goes()
    {
        using var harness = new PipelineHarness(fixture, OriginScripts.Nothing, One);
        Begin(harness, "/first");
        var client = harness.Connect();
        client.Send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234");
        Eventually.Holds(() => harness.Pool("origin").Load.Queue.Waits == 1);
        client.Send("56789");

        harness.Origin.Connection().Send(OriginScripts.OkResponse);

        Eventually.Holds(() => harness.Origin.Received.EndsWith("\r\n\r\n0123456789", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_way_an_exchange_ends_gives_its_place_back()
    {
        using var harness = new PipelineHarness(fixture, OriginScripts.Nothing, One);
        Begin(harness, "/aborted").Abort();
        Begin(harness, "/reset");
        harness.Origin.Connection(1).Abort();
        Begin(harness, "/closed");
        harness.Origin.Connection(2).Finish();
        Begin(harness, "/late");
        harness.Origin.Connection(3);
        harness.Advance(TimeSpan.FromSeconds(61));
        Begin(harness, "/complete");
        harness.Origin.Connection(4).Send(OriginScripts.OkResponse);

        Eventually.Holds(() => harness.Pool("origin") is { Load.ActiveExchanges: 0 } pool && pool.Backends[0].ActiveExchanges == 0);
    }

    [Fact]
    public void A_drain_lets_who_waits_finish()
    {
        using var harness = new PipelineHarness(fixture, OriginScripts.Nothing, One);
        Begin(harness, "/first");
        var waiting = Queue(harness, "/second");

        harness.Drain();
        harness.Tell(ConnectionCommand.CloseWhenIdle);
        harness.Origin.Connection().Send(OriginScripts.OkResponse);
        Eventually.Holds(() => harness.Origin.Received.Contains("GET /second", StringComparison.Ordinal));
        harness.Origin.Connection().Send(OriginScripts.OkResponse);

        var response = waiting.ReadToEnd();
        Assert.StartsWith("HTTP/1.1 200", response);
        Assert.Contains("\r\nConnection: close\r\n", response);
    }

    [Fact]
    public void A_backend_that_comes_back_wakes_who_waits()
    {
        using var harness = new PipelineHarness(fixture, OriginScripts.Nothing, One);
        Begin(harness, "/first");
        Queue(harness, "/second");
        var pool = harness.Pool("origin");
        var more = pool.Standings[0] with { MaxRequests = 2 };

        harness.Publish(new(pool.Name, [more], pool.Policy, pool.Upstream, pool.Rules, pool.Load));

        Assert.Contains("GET /second", harness.Origin.Connection(1).ReadUntil("\r\n\r\n"));
    }

    [Fact]
    public void What_is_over_the_adaptive_limit_waits_and_is_shed_in_the_end()
    {
        using var harness = new PipelineHarness(
            fixture, OriginScripts.Nothing, "scp.pools.origin.adaptive-concurrency { enabled = on, minimum = 1, initial = 1 }");
        Begin(harness, "/first");
        var shed = Queue(harness, "/second");

        harness.Advance(TimeSpan.FromSeconds(5));

        var response = shed.ReadUntil(".\n");
        Assert.StartsWith("HTTP/1.1 503", response);
        Assert.Contains("details=\"overloaded\"", response);
        Assert.Contains("\r\nRetry-After: 1\r\n", response);
        Queue(harness, "/third");
        harness.Origin.Connection().Send(OriginScripts.OkResponse);
        Eventually.Holds(() => harness.Origin.Received.Contains("GET /third", StringComparison.Ordinal));
    }

    [Fact]
    public void The_latency_of_responses_moves_the_adaptive_limit()
    {
        using var harness = new PipelineHarness(
            fixture, OriginScripts.Ok, "scp.pools.origin.adaptive-concurrency { enabled = on, minimum = 1, initial = 1, maximum = 50 }");
        var client = harness.Connect();
        for (var i = 1; i <= 60; i++)
        {
            client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            Eventually.Holds(() => harness.Completed.Records.Count == i);
            harness.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.InRange(harness.Pool("origin").Load.Limit, 2, 5);
    }

    /// <summary>Asks, and waits until the request is at the origin.</summary>
    private static MemoryPeer Begin(PipelineHarness harness, string path)
    {
        var client = Ask(harness, path);
        Eventually.Holds(() => harness.Origin.Received.Contains($"GET {path} ", StringComparison.Ordinal), $"{path} did not come to the origin.");
        return client;
    }

    /// <summary>Asks, and waits until the request is in the queue.</summary>
    private static MemoryPeer Queue(PipelineHarness harness, string path)
    {
        var queue = harness.Pool("origin").Load.Queue;
        var before = queue.Waits;
        var client = Ask(harness, path);
        Eventually.Holds(() => queue.Waits > before, $"{path} does not wait.");
        return client;
    }

    private static MemoryPeer Ask(PipelineHarness harness, string path)
    {
        var client = harness.Connect();
        client.Send($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        return client;
    }
}
