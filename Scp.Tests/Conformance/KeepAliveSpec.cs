using System.Text;
using Scp.Streams.Connections;
using Scp.Streams.Transport;
using Scp.Tests.Support;

namespace Scp.Tests.Conformance;

/// <summary>How long connections live, on both sides, and in which order requests are answered (RFC 9112 section 9).</summary>
[Collection(PipelineTests.Name)]
public sealed class KeepAliveSpec(PipelineFixture fixture)
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";

    [Fact]
    public void Requests_of_one_connection_are_answered_one_after_the_other_over_one_origin_connection()
    {
        using var proxy = new PipelineHarness(fixture);
        var client = proxy.Connect();

        for (var i = 1; i <= 3; i++)
        {
            client.Send(Get);
            Eventually.Holds(() => client.Received.Split("\r\n\r\nok").Length == i + 1, "No answer came.");
        }

        Assert.Single(proxy.Origin.Connections);
        Assert.False(client.IsOver);
    }

    [Fact]
    public void Connections_of_different_clients_share_an_idle_origin_connection()
    {
        using var proxy = new PipelineHarness(fixture);

        proxy.Exchange(Get, "ok");
        proxy.Exchange(Get, "ok");

        Assert.Single(proxy.Origin.Connections);
    }

    [Fact]
    public void Ten_thousand_pipelined_requests_are_answered_in_their_order()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Respond(Echo));
        var client = proxy.Connect();
        const int count = 10_000;

        client.Send(string.Concat(Enumerable.Range(0, count).Select(i => $"GET /{i} HTTP/1.1\r\nHost: a.example\r\n\r\n")));

        Eventually.Holds(() => client.ReceivedLength > count * 50 && client.Received.EndsWith($"/{count - 1}.", StringComparison.Ordinal));
        var paths = client.Received.Split("\r\n\r\n")[1..].Select(p => p[1..p.IndexOf('.', StringComparison.Ordinal)]);
        Assert.Equal(Enumerable.Range(0, count).Select(i => i.ToString()), paths);
        Assert.Single(proxy.Origin.Connections);
    }

    [Fact]
    public void Pipelined_requests_wait_while_the_client_reads_no_answers()
    {
        var content = new string('x', 32 * 1024);
        using var proxy = new PipelineHarness(fixture, configuration: $"scp.routes.local {{ path = \"/local\", respond {{ status = 200, body = \"{content}\" }} }}");
        var client = proxy.Connect();
        client.Pause();
        var before = BufferPool.Shared.Outstanding;

        client.Send(string.Concat(Enumerable.Repeat("GET /local HTTP/1.1\r\nHost: a.example\r\n\r\n", 1000)));

        Assert.True(proxy.Completed.Records.Count < 50, $"{proxy.Completed.Records.Count} requests were answered to a client that does not read.");
        Assert.True(BufferPool.Shared.Outstanding - before < 50);
        client.Resume();
        Eventually.Holds(() => proxy.Completed.Records.Count == 1000 && client.ReceivedLength > 1000 * content.Length, "The answers did not come.");
    }

    [Fact]
    public void A_client_that_asks_to_close_gets_its_response_and_FIN()
    {
        using var proxy = new PipelineHarness(fixture);

        var answer = proxy.ExchangeUntilClose("GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n");

        Assert.EndsWith("\r\n\r\nok", answer);
        Assert.Equal("close", RawMessage.Field(answer, "Connection"));
    }

    [Fact]
    public void A_request_behind_one_that_asked_to_close_is_not_served()
    {
        using var proxy = new PipelineHarness(fixture);

        proxy.ExchangeUntilClose("GET /last HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\nGET /after HTTP/1.1\r\nHost: a.example\r\n\r\n");

        Assert.DoesNotContain("/after", proxy.Origin.Received);
    }

    [Fact]
    public void HTTP_1_0_closes_after_the_response()
    {
        using var proxy = new PipelineHarness(fixture);

        var answer = proxy.ExchangeUntilClose("GET / HTTP/1.0\r\nHost: a.example\r\n\r\n");

        Assert.Equal("close", RawMessage.Field(answer, "Connection"));
        Assert.StartsWith("GET / HTTP/1.1\r\n", proxy.Origin.Received);
    }

    [Fact]
    public void HTTP_1_0_with_keep_alive_stays_open_and_is_told_so()
    {
        using var proxy = new PipelineHarness(fixture);
        var client = proxy.Connect();

        client.Send("GET / HTTP/1.0\r\nHost: a.example\r\nConnection: keep-alive\r\n\r\n");
        client.ReadUntil("ok");
        client.Send("GET / HTTP/1.0\r\nHost: a.example\r\n\r\n");

        Assert.Equal(["keep-alive"], RawMessage.Fields(client.ReadToEnd(), "Connection"));
    }

    [Fact]
    public void A_client_that_half_closes_after_its_requests_gets_every_answer()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Nothing);
        var client = proxy.Connect();
        client.Send(Get + Get);
        client.Finish();

        var origin = proxy.Origin.Connection();
        origin.ReadUntil("\r\n\r\n");
        origin.Send(OriginScripts.OkResponse);
        Eventually.Holds(() => origin.Received.Split("GET /").Length == 3, "The second request did not come.");
        origin.Send(OriginScripts.OkResponse);

        Assert.Equal(3, client.ReadToEnd().Split("\r\n\r\nok").Length);
    }

    [Fact]
    public void A_client_that_half_closes_and_reads_slowly_gets_the_whole_answer()
    {
        var content = new string('x', 300_000);
        using var proxy = new PipelineHarness(fixture, OriginScripts.Say($"HTTP/1.1 200 OK\r\nContent-Length: {content.Length}\r\n\r\n{content}"));
        var client = proxy.Connect();
        client.Pause();

        client.Send(Get);
        client.Finish();
        client.Resume();

        Assert.EndsWith("\r\n\r\n" + content, client.ReadToEnd());
    }

    [Fact]
    public void FIN_that_comes_while_the_last_bytes_of_an_answer_wait_for_the_client_does_not_cut_it()
    {
        var content = new string('x', 120_000); // what the proxy holds and what the client's side holds together
        using var proxy = new PipelineHarness(fixture, OriginScripts.Say($"HTTP/1.1 200 OK\r\nContent-Length: {content.Length}\r\n\r\n{content}"));
        var client = proxy.Connect();
        client.Pause();
        client.Send(Get);
        Eventually.Holds(() => proxy.Completed.Records.Count == 1);

        client.Finish();
        client.Resume();

        Assert.EndsWith("\r\n\r\n" + content, client.ReadToEnd());
    }

    [Fact]
    public void Closing_idle_connections_does_not_cut_an_answer_that_waits_for_its_client()
    {
        var content = new string('x', 120_000);
        using var proxy = new PipelineHarness(fixture, OriginScripts.Say($"HTTP/1.1 200 OK\r\nContent-Length: {content.Length}\r\n\r\n{content}"));
        var client = proxy.Connect();
        client.Pause();
        client.Send(Get);
        Eventually.Holds(() => proxy.Completed.Records.Count == 1);

        proxy.Tell(ConnectionCommand.CloseWhenIdle);
        client.Resume();

        Assert.EndsWith("\r\n\r\n" + content, client.ReadToEnd());
    }

    [Fact]
    public void The_idle_timeout_does_not_cut_an_answer_that_waits_for_its_client()
    {
        var content = new string('x', 120_000);
        using var proxy = new PipelineHarness(
            fixture, OriginScripts.Say($"HTTP/1.1 200 OK\r\nContent-Length: {content.Length}\r\n\r\n{content}"), "scp.timeouts { keep-alive-idle = 5s, response-write = 60s }");
        var client = proxy.Connect();
        client.Pause();
        client.Send(Get);
        Eventually.Holds(() => proxy.Completed.Records.Count == 1);

        proxy.Advance(TimeSpan.FromSeconds(6));
        client.Resume();

        client.ReadUntil("\r\n\r\n" + content);
    }

    [Fact]
    public void Half_a_head_and_FIN_close_the_connection()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Nothing);
        var client = proxy.Connect();
        client.Send(Get + "GET /half HTT");
        client.Finish();

        proxy.Origin.Connection().ReadUntil("\r\n\r\n");
        proxy.Origin.Connection().Send(OriginScripts.OkResponse);

        Assert.EndsWith("\r\n\r\nok", client.ReadToEnd());
        Assert.Single(proxy.Origin.Connections);
    }

    [Fact]
    public void An_idle_client_is_closed_without_a_word()
    {
        using var proxy = new PipelineHarness(fixture);
        var client = proxy.Connect();
        client.Send(Get);
        client.ReadUntil("ok");

        proxy.Advance(TimeSpan.FromSeconds(76));

        Assert.EndsWith("\r\n\r\nok", client.ReadToEnd());
    }

    [Fact]
    public void Draining_ends_the_connection_after_the_next_response()
    {
        using var proxy = new PipelineHarness(fixture);
        var client = proxy.Connect();
        client.Send(Get);
        client.ReadUntil("ok");

        proxy.Drain();
        client.Send(Get);

        Assert.Equal("close", RawMessage.Field(client.ReadToEnd().Split("\r\n\r\nok")[1] + "\r\n\r\n", "Connection"));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")]
    public void An_origin_that_says_it_closes_is_not_asked_again(string response)
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Say(response));

        proxy.Exchange(Get, "ok");
        proxy.Exchange(Get, "ok");

        Assert.Equal(2, proxy.Origin.Connections.Count);
    }

    [Fact]
    public void An_origin_of_HTTP_1_0_with_keep_alive_is_asked_again()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Say("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok"));

        proxy.Exchange(Get, "ok");
        proxy.Exchange(Get, "ok");

        Assert.Single(proxy.Origin.Connections);
    }

    [Fact]
    public void An_idle_origin_connection_that_was_closed_is_not_used()
    {
        using var proxy = new PipelineHarness(fixture);
        proxy.Exchange(Get, "ok");

        proxy.Origin.Connections[0].Finish();
        proxy.Exchange("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n", "ok");

        Assert.Equal(2, proxy.Origin.Connections.Count);
    }

    [Fact]
    public void An_origin_connection_with_an_unfinished_request_is_cut_when_the_client_goes()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Nothing);
        var client = proxy.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 100\r\n\r\nhalf");
        proxy.Origin.Connection().ReadUntil("half");

        client.Abort();

        proxy.Origin.Connection().ReadToReset();
    }

    [Fact]
    public void An_origin_that_answers_before_a_request_is_complete_is_not_asked_again()
    {
        using var proxy = new PipelineHarness(fixture, origin =>
        {
            if (origin.TryTakeHead()) origin.Send(OriginScripts.OkResponse);
        });
        var client = proxy.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 10\r\n\r\nhalf.");
        client.ReadUntil("\r\n\r\nok");

        client.Send("rest." + Get);

        Eventually.Holds(() => client.Received.Split("\r\n\r\nok").Length == 3, "The second answer did not come.");
        Assert.Equal(2, proxy.Origin.Connections.Count);
        Eventually.Holds(() => proxy.Origin.Connections[0].IsOver);
    }

    [Fact]
    public void Too_much_content_behind_an_early_answer_closes_the_connection()
    {
        using var proxy = new PipelineHarness(fixture, origin =>
        {
            if (origin.TryTakeHead()) origin.Send(OriginScripts.OkResponse);
        });
        var client = proxy.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
        client.ReadUntil("\r\n\r\nok");

        client.Send($"80000\r\n{new string('x', 0x80000)}\r\n0\r\n\r\n{Attacks.Smuggled}");

        Assert.EndsWith("\r\n\r\nok", client.ReadToEnd());
        Assert.DoesNotContain("/smuggled", proxy.Origin.Received);
    }

    private static string Echo(string request)
    {
        var path = request.Split(' ')[1] + ".";
        return $"HTTP/1.1 200 OK\r\nContent-Length: {Encoding.Latin1.GetByteCount(path)}\r\n\r\n{path}";
    }
}
