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
        Ask(harness, "/first");
        var waiting = Ask(harness, "/second");
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
        Ask(harness, "/1");
        Ask(harness, "/2");
        Ask(harness, "/3");

        harness.Origin.Connection(1);

        Assert.DoesNotContain("/3", harness.Origin.Received);
    }

    [Fact]
    public void Who_waits_too_long_gets_503_with_Retry_After()
    {
        using var harness = new PipelineHarness(fixture, OriginScripts.Nothing, One + "scp.pools.origin.queue.timeout = 2s");
        Ask(harness, "/first");
        var waiting = Ask(harness, "/second");

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
        Ask(harness, "/first");
        Ask(harness, "/second");

        var refused = Ask(harness, "/third").ReadUntil(".\n");

        Assert.StartsWith("HTTP/1.1 503", refused);
        Assert.Contains("queue-full", refused);
    }

    [Fact]
    public void A_critical_request_takes_the_place_of_a_sheddable_one()
    {
        using var harness = new PipelineHarness(fixture, OriginScripts.Nothing, One + "scp.pools.origin.queue.size = 1");
        Ask(harness, "/first");
        var sheddable = Ask(harness, "/sheddable");

        Ask(harness, "/critical");

        Assert.StartsWith("HTTP/1.1 503", sheddable.ReadUntil(".\n"));
        harness.Origin.Connection().Send(OriginScripts.OkResponse);
        Eventually.Holds(() => harness.Origin.Received.Contains("GET /critical", StringComparison.Ordinal));
    }

    [Fact]
    public void The_more_urgent_goes_first()
    {
        using var harness = new PipelineHarness(fixture, OriginScripts.Nothing, One);
        Ask(harness, "/first");
        Ask(harness, "/sheddable");
        Ask(harness, "/normal");
        Ask(harness, "/critical");

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
        Ask(harness, "/first");
        Ask(harness, "/second").Abort();
        Ask(harness, "/third");

        harness.Origin.Connection().Send(OriginScripts.OkResponse);

        Eventually.Holds(() => harness.Origin.Received.Contains("GET /third", StringComparison.Ordinal));
        Assert.DoesNotContain("/second", harness.Origin.Received);
        Eventually.Holds(() => harness.Pool("origin").Load.Queue.Count == 0);
    }

    [Fact]
    public void Content_that_comes_while_the_request_waits_is_sent_when_it_goes()
    {
        using var harness = new PipelineHarness(fixture, OriginScripts.Nothing, One);
        Ask(harness, "/first");
        var client = harness.Connect();
        client.Send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234");
        client.Send("56789");

        harness.Origin.Connection().Send(OriginScripts.OkResponse);

        Eventually.Holds(() => harness.Origin.Received.EndsWith("\r\n\r\n0123456789", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_way_an_exchange_ends_gives_its_place_back()
    {
        using var harness = new PipelineHarness(fixture, OriginScripts.Nothing, One);
        Ask(harness, "/aborted").Abort();
        Ask(harness, "/reset");
        harness.Origin.Connection(1).Abort();
        Ask(harness, "/closed");
        harness.Origin.Connection(2).Finish();
        Ask(harness, "/late");
        harness.Origin.Connection(3);
        harness.Advance(TimeSpan.FromSeconds(61));
        Ask(harness, "/complete");
        harness.Origin.Connection(4).Send(OriginScripts.OkResponse);

        Eventually.Holds(() => harness.Pool("origin") is { Load.ActiveExchanges: 0 } pool && pool.Backends[0].ActiveExchanges == 0);
    }

    [Fact]
    public void A_backend_that_comes_back_wakes_who_waits()
    {
        using var harness = new PipelineHarness(fixture, OriginScripts.Nothing, One);
        Ask(harness, "/first");
        Ask(harness, "/second");
        var pool = harness.Pool("origin");
        var more = pool.Standings[0] with { MaxRequests = 2 };

        harness.Publish(new(pool.Name, [more], pool.Policy, pool.Upstream, pool.Rules, pool.Load));

        Assert.Contains("GET /second", harness.Origin.Connection(1).ReadUntil("\r\n\r\n"));
    }

    private static MemoryPeer Ask(PipelineHarness harness, string path)
    {
        var client = harness.Connect();
        client.Send($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        return client;
    }
}
