using Scp.Streams.Transport;
using Scp.Tests.Support;

namespace Scp.Tests.Conformance;

/// <summary>Clients that leave in the middle: the connection ends, its graph stops, nothing is logged as an error of ours.</summary>
[Collection(PipelineTests.Name)]
public class AbruptEndSpec(PipelineFixture fixture)
{
    private int _isPaused;

    [Fact]
    public void A_client_that_leaves_in_the_turn_in_which_its_head_came_sends_no_garbage_to_the_origin()
    {
        using var proxy = new PipelineHarness(fixture);
        var client = proxy.Connect();
        client.Send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        client.ReadUntil("\r\n\r\nok");
        InlineScope.Run(
            static c =>
            {
                c.Send("POST /a HTTP/1.1\r\nHost: a.example\r\nContent-Length: 10\r\n\r\nabc");
                c.Finish();
            },
            client);

        Eventually.Holds(() => proxy.Closed == 1, "The graph did not stop.");
        Thread.Sleep(100); // what is logged, or sent to the origin, takes its way
        var rest = proxy.Origin.Connection().Received.Split("\r\n\r\n", 2)[1];
        Assert.True(rest.Length == 0 || rest.StartsWith("POST /a HTTP/1.1\r\n", StringComparison.Ordinal), "The origin got: " + rest);
        Assert.Equal([200, 499], proxy.Completed.Records.Select(r => (int)r.Status));
    }

    [Fact]
    public void A_client_that_is_gone_when_credit_for_its_content_comes_back_ends_its_graph()
    {
        using var proxy = new PipelineHarness(fixture, origin =>
        {
            if (Interlocked.Exchange(ref _isPaused, 1) == 0) origin.Pause();
        });
        var client = proxy.Connect();
        client.Send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n" + new string('a', 400_000));
        var origin = proxy.Origin.Connection();
        Thread.Sleep(100); // until all credit is gone and nothing is received any more
        client.Abort();
        origin.Resume();

        Eventually.Holds(() => proxy.Closed == 1, "The graph did not stop.");
    }
}
