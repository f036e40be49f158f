using Scp.Tests.Support;

namespace Scp.Tests.Streams.Dispatch;

/// <summary>A second backend is asked beside one that is slow.</summary>
[Collection(PipelineTests.Name)]
public class HedgingSpec(PipelineFixture fixture)
{
    private const string Two = "scp.pools.origin.backends = [{ address = \"127.0.0.1:1\" }, { address = \"127.0.0.1:2\" }]\n scp.pools.origin.load-balancing = round-robin\n scp.routes.all.hedging.after = 50ms\n";
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Fact]
    public void The_second_answers_first_and_the_first_is_cancelled()
    {
        using var proxy = Proxy();
        var client = Hedge(proxy);

        proxy.Origin.Connection(1).Send(OriginScripts.OkResponse);

        client.ReadUntil("ok");
        proxy.Settles();
        Assert.True(proxy.Origin.Connection(0).IsReset);
        Assert.Equal((1, 0), Reported(proxy));
        Assert.Equal(("127.0.0.1:2", 2), proxy.Completed.Records.Select(r => (r.Backend, r.Attempts)).Single());
    }

    [Fact]
    public void The_first_answers_first_and_the_second_is_cancelled()
    {
        using var proxy = Proxy();
        var client = Hedge(proxy);

        proxy.Origin.Connection(0).Send(OriginScripts.OkResponse);

        client.ReadUntil("ok");
        proxy.Settles();
        Assert.True(proxy.Origin.Connection(1).IsReset);
        Assert.Equal("127.0.0.1:1", proxy.Completed.Records.Single().Backend);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void When_one_fails_the_other_goes_on(int failing)
    {
        using var proxy = Proxy();
        var client = Hedge(proxy);

        proxy.Origin.Connection(failing).Abort();
        Eventually.Holds(() => Reported(proxy) == (0, 1), "The failure was not noticed.");
        proxy.Origin.Connection(1 - failing).Send(OriginScripts.OkResponse);

        Assert.StartsWith("HTTP/1.1 200 ", client.ReadUntil("ok"));
        proxy.Settles();
        Assert.Equal((1, 1), Reported(proxy));
    }

    [Fact]
    public void When_one_answers_with_a_failure_the_other_is_waited_for()
    {
        using var proxy = Proxy();
        var client = Hedge(proxy);

        proxy.Origin.Connection(0).Send("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy");
        Eventually.Holds(() => Reported(proxy) == (0, 1), "The failure was not noticed.");
        proxy.Origin.Connection(1).Send(OriginScripts.OkResponse);

        Assert.StartsWith("HTTP/1.1 200 ", client.ReadUntil("ok"));
    }

    [Fact]
    public void When_both_fail_the_client_hears_of_the_last()
    {
        using var proxy = Proxy();
        var client = Hedge(proxy);

        proxy.Origin.Connection(0).Abort();
        Eventually.Holds(() => Reported(proxy) == (0, 1), "The failure was not noticed.");
        proxy.Origin.Connection(1).Send("HTTP/1.1 504 Late\r\nContent-Length: 4\r\n\r\nlate");

        Assert.StartsWith("HTTP/1.1 504 Late", client.ReadUntil("late"));
        proxy.Settles();
    }

    [Fact]
    public void What_one_of_two_announces_is_not_passed()
    {
        using var proxy = Proxy();
        var client = Hedge(proxy);

        proxy.Origin.Connection(0).Send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
        proxy.Origin.Connection(1).Send(OriginScripts.OkResponse);

        Assert.StartsWith("HTTP/1.1 200 ", client.ReadUntil("ok"));
    }

    [Fact]
    public void A_client_that_goes_away_cancels_both()
    {
        using var proxy = Proxy();
        var client = Hedge(proxy);

        client.Abort();

        proxy.Settles();
        Eventually.Holds(() => proxy.Origin.Connections.All(c => c.IsReset), "A connection stayed open.");
        Assert.Equal((0, 0), Reported(proxy));
    }

    [Fact]
    public void When_the_first_is_too_late_the_time_limit_of_the_second_still_counts()
    {
        using var proxy = Proxy("scp.timeouts.response-head = 1s\n scp.pools.origin.retries.attempts = 2");
        var client = Hedge(proxy);

        proxy.Advance(TimeSpan.FromMilliseconds(960)); // 1,011 ms for the first, 961 ms for the second
        Eventually.Holds(() => Reported(proxy) == (0, 1), "The first was not given up.");
        proxy.Advance(TimeSpan.FromMilliseconds(100));

        Assert.StartsWith("HTTP/1.1 504 ", client.ReadUntil("\n"));
        proxy.Settles();
    }

    [Fact]
    public void The_route_s_time_ends_both()
    {
        using var proxy = Proxy("scp.timeouts.total = 1s");
        var client = Hedge(proxy);

        proxy.Advance(TimeSpan.FromSeconds(2));

        Assert.StartsWith("HTTP/1.1 504 ", client.ReadUntil("\n"));
        proxy.Settles();
    }

    [Fact]
    public void Content_that_is_complete_goes_to_both()
    {
        using var proxy = Proxy();
        var client = proxy.Connect();
        client.Send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
        proxy.Origin.Connection(0).ReadUntil("hello");
        proxy.Time.Advance(TimeSpan.FromMilliseconds(51));

        proxy.Origin.Connection(1).ReadUntil("hello");
        proxy.Origin.Connection(1).Send(OriginScripts.OkResponse);
        client.ReadUntil("ok");
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "")]
    [InlineData("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe", "")]
    [InlineData(Get, "scp.pools.origin.retries { budget = 0%, budget-minimum = 0 }")]
    [InlineData(Get, "scp.pools.origin.retries.attempts = 1")]
    [InlineData(Get, "scp.routes.all.retries.enabled = off")]
    [InlineData(Get, "scp.routes.all.hedging.after = off")]
    public void What_may_not_be_sent_twice_is_not(string request, string configuration)
    {
        using var proxy = Proxy(configuration);
        proxy.Connect().Send(request);
        proxy.Origin.Connection(0).ReadUntil(request.Split("\r\n\r\n")[1] is { Length: > 0 } content ? content : "\r\n\r\n");

        proxy.Time.Advance(TimeSpan.FromSeconds(1));
        proxy.Advance(TimeSpan.FromSeconds(1));

        Assert.Single(proxy.Origin.Connections);
    }

    private PipelineHarness Proxy(string configuration = "") => new(fixture, OriginScripts.Nothing, Two + configuration);

    /// <summary>A request that two backends have.</summary>
    private static MemoryPeer Hedge(PipelineHarness proxy)
    {
        var client = proxy.Connect();
        client.Send(Get);
        proxy.Origin.Connection(0).ReadUntil("\r\n\r\n");
        proxy.Time.Advance(TimeSpan.FromMilliseconds(49));
        Assert.Single(proxy.Origin.Connections);
        proxy.Time.Advance(TimeSpan.FromMilliseconds(2));
        proxy.Origin.Connection(1).ReadUntil("\r\n\r\n");
        return client;
    }

    private static (long Successes, long Failures) Reported(PipelineHarness proxy) =>
        (proxy.Pool("origin").Backends.Sum(b => b.Outcomes.Successes), proxy.Pool("origin").Backends.Sum(b => b.Outcomes.Failures));
}
