using Scp.Streams.Dispatch;
using Scp.Streams.Errors;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Dispatch;

/// <summary>What the data plane says of a backend: one report for each attempt, and nothing under way when all is over.</summary>
[Collection(PipelineTests.Name)]
public class AttemptReportSpec(PipelineFixture fixture)
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 1, 0)]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 1, 0)]
    [InlineData("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", 0, 1)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\ncut", 0, 1)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-", 0, 1)]
    [InlineData("SSH-2.0\r\n\r\n", 0, 1)]
    public void An_attempt_is_reported_once(string response, int successes, int failures)
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.SayAndClose(response));

        proxy.Connect().Send(Get);

        proxy.Settles();
        Assert.Equal((successes, failures), (proxy.Backend.Outcomes.Successes, proxy.Backend.Outcomes.Failures));
    }

    [Fact]
    public void A_response_that_does_not_come_is_the_failure_of_the_backend()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Nothing, "scp.timeouts.response-head = 5s");
        var client = proxy.Connect();
        client.Send(Get);
        proxy.Origin.Connection().ReadUntil("\r\n\r\n");
        Assert.Equal((1, 1), (proxy.Backend.ActiveExchanges, proxy.Load.ActiveExchanges));

        Eventually.Holds(
            () =>
            {
                proxy.Advance(TimeSpan.FromSeconds(6)); // again and again: the limit begins just after the origin has the request
                return client.ReceivedLength > 0;
            },
            "No answer came.");

        proxy.Settles();
        Assert.Equal(1, proxy.Backend.Outcomes.Failures);
    }

    [Fact]
    public void A_backend_is_late_too_when_the_time_for_the_whole_exchange_is_over()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Nothing, "scp.timeouts.total = 5s");
        proxy.Connect().Send(Get);
        proxy.Origin.Connection().ReadUntil("\r\n\r\n");

        proxy.Advance(TimeSpan.FromSeconds(6));

        proxy.Settles();
        Assert.Equal(1, proxy.Backend.Outcomes.Failures);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\npart")]
    public void A_client_that_goes_away_is_no_failure_of_the_backend(string begun)
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Nothing);
        var client = proxy.Connect();
        client.Send(Get);
        var origin = proxy.Origin.Connection();
        origin.ReadUntil("\r\n\r\n");
        origin.Send(begun);
        if (begun.Length > 0) client.ReadUntil("part");

        client.Abort();

        proxy.Settles();
        Assert.Equal((begun.Length > 0 ? 1 : 0, 0), (proxy.Backend.Outcomes.Successes, proxy.Backend.Outcomes.Failures));
    }

    [Fact]
    public void A_tunnel_is_a_success_as_soon_as_it_is_open()
    {
        using var proxy = new PipelineHarness(
            fixture, OriginScripts.Say("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"));
        var client = proxy.Connect();

        client.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");

        client.ReadUntil("\r\n\r\n");
        Assert.Equal(1, proxy.Backend.Outcomes.Successes);
        Assert.Equal(1, proxy.Backend.ActiveExchanges);
    }

    [Fact]
    public void A_connection_that_died_while_it_was_idle_says_nothing_of_the_backend()
    {
        using var proxy = new PipelineHarness(fixture, connection =>
        {
            if (!connection.TryTake(out _)) return;
            if (connection.Index == 0 && connection.Received.Contains("/second", StringComparison.Ordinal)) connection.Abort();
            else connection.Send(OriginScripts.OkResponse);
        });
        var client = proxy.Connect();
        client.Send(Get);
        client.ReadUntil("ok");
        client.Send("GET /second HTTP/1.1\r\nHost: a\r\n\r\n");

        Eventually.Holds(() => proxy.Completed.Records.Count == 2, "The second request did not end.");
        proxy.Settles();
        Assert.Equal((2, 0), (proxy.Backend.Outcomes.Successes, proxy.Backend.Outcomes.Failures));
        Assert.Equal(2, proxy.Origin.Connections.Count);
    }

    [Fact]
    public void Every_failure_of_the_upstream_side_has_an_outcome_and_no_other_has()
    {
        ProxyError[] ofPool =
        [
            ProxyError.NoBackend, ProxyError.CircuitOpen, ProxyError.SessionBackendGone, ProxyError.QueueFull, ProxyError.QueueTimeout,
            ProxyError.Overloaded,
        ];
        foreach (var row in ErrorTable.All)
        {
            var isOfBackend = row.Fault == Fault.Upstream && !ofPool.Contains(row.Error);
            Assert.True(isOfBackend == (AttemptOutcomes.Of(row.Error, isRequestSent: true) != AttemptOutcome.Cancelled), row.Reason);
        }
    }
}
