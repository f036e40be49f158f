using Scp.Tests.Support;

namespace Scp.Tests.Conformance;

/// <summary>Response splitting and origins that break rules: the client never sees what it could misread.</summary>
[Collection(PipelineTests.Name)]
public sealed class ResponseFramingSpec(PipelineFixture fixture)
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";
    private const string Evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";

    [Theory]
    [InlineData("both framings", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!")]
    [InlineData("a length list", "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok")]
    [InlineData("a length with a sign", "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok")]
    [InlineData("an unknown coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\nok")]
    [InlineData("a coding in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("a bare LF", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok")]
    [InlineData("a bare CR in a value", "HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("a NUL in a value", "HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("a folded field", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("a space before a colon", "HTTP/1.1 200 OK\r\nX : a\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("no version", "200 OK\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("another version", "HTTP/2 200 OK\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("a status of two digits", "HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("a status below 100", "HTTP/1.1 099 OK\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("101 that nobody asked for", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")]
    [InlineData("noise", "SSH-2.0-OpenSSH_9.6\r\n\r\n\r\n")]
    public void A_response_that_breaks_a_rule_becomes_502_and_its_connection_is_not_used_again(string name, string response)
    {
        using var proxy = new PipelineHarness(fixture, origin =>
        {
            if (origin.TryTake(out _)) origin.Send(origin.Index == 0 ? response : OriginScripts.OkResponse);
        });
        var client = proxy.Connect();

        client.Send(Get);
        Eventually.Holds(() => client.Received.EndsWith(".\n", StringComparison.Ordinal), name);
        client.Send(Get);
        client.ReadUntil("\r\n\r\nok");

        Assert.StartsWith("HTTP/1.1 502 ", client.Received);
        Assert.Contains("error=http_protocol_error", client.Received);
        Assert.Equal(2, proxy.Origin.Connections.Count);
        Assert.True(proxy.Origin.Connections[0].IsReset);
    }

    [Fact]
    public void A_flood_of_interim_responses_becomes_502()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Say(string.Concat(Enumerable.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 100)) + OriginScripts.OkResponse));
        var client = proxy.Connect();

        client.Send(Get);

        Eventually.Holds(() => client.Received.Contains("HTTP/1.1 502 ", StringComparison.Ordinal));
        Assert.Equal(16, client.Received.Split("HTTP/1.1 102 Processing").Length - 1);
        Assert.DoesNotContain("200 OK", client.Received);
    }

    [Fact]
    public void A_head_without_end_becomes_502_at_its_limit()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Say("HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Range(0, 150).Select(i => $"X{i}: {new string('a', 1000)}\r\n"))));
        var client = proxy.Connect();

        client.Send(Get);

        Eventually.Holds(() => client.Received.Contains("http_response_header_section_size", StringComparison.Ordinal));
        Assert.StartsWith("HTTP/1.1 502 ", client.Received);
    }

    [Theory]
    [InlineData("204 No Content", "GET")]
    [InlineData("304 Not Modified", "GET")]
    [InlineData("200 OK", "HEAD")]
    public void Content_where_there_can_be_none_is_not_taken_for_the_next_response(string status, string method)
    {
        using var proxy = new PipelineHarness(fixture, origin =>
        {
            if (!origin.TryTake(out _)) return;
            origin.Send(origin.Index == 0 ? $"HTTP/1.1 {status}\r\nContent-Length: {Evil.Length}\r\n\r\n{Evil}" : OriginScripts.OkResponse);
        });
        var client = proxy.Connect();

        client.Send($"{method} / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        Eventually.Holds(() => client.Received.EndsWith("\r\n\r\n", StringComparison.Ordinal));
        client.Send(Get);
        client.ReadUntil("\r\n\r\nok");

        Assert.DoesNotContain("evil", client.Received);
        Assert.Equal(2, proxy.Origin.Connections.Count);
    }

    [Fact]
    public void Bytes_behind_a_response_never_answer_the_next_request()
    {
        using var proxy = new PipelineHarness(fixture, origin =>
        {
            if (origin.TryTake(out _)) origin.Send(OriginScripts.OkResponse + (origin.Index == 0 ? Evil : ""));
        });
        var client = proxy.Connect();

        client.Send(Get);
        client.ReadUntil("\r\n\r\nok");
        client.Send(Get);
        Eventually.Holds(() => client.Received.Split("\r\n\r\nok").Length == 3);

        Assert.DoesNotContain("evil", client.Received);
        Assert.Equal(2, proxy.Origin.Connections.Count);
    }

    [Fact]
    public void Bytes_that_come_while_a_connection_is_idle_end_it()
    {
        using var proxy = new PipelineHarness(fixture);
        var client = proxy.Connect();
        client.Send(Get);
        client.ReadUntil("\r\n\r\nok");

        proxy.Origin.Connections[0].Send(Evil);
        client.Send(Get);
        Eventually.Holds(() => client.Received.Split("\r\n\r\nok").Length == 3);

        Assert.DoesNotContain("evil", client.Received);
        Assert.Equal(2, proxy.Origin.Connections.Count);
        Assert.True(proxy.Origin.Connections[0].IsOver);
    }

    [Fact]
    public void Bytes_behind_the_last_chunk_never_answer_the_next_request()
    {
        using var proxy = new PipelineHarness(fixture, origin =>
        {
            if (origin.TryTake(out _)) origin.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n" + (origin.Index == 0 ? Evil : ""));
        });
        var client = proxy.Connect();

        client.Send(Get);
        client.ReadUntil("0\r\n\r\n");
        client.Send(Get);
        Eventually.Holds(() => client.Received.Split("0\r\n\r\n").Length == 3);

        Assert.DoesNotContain("evil", client.Received);
        Assert.Equal(2, proxy.Origin.Connections.Count);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nonly this\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nonly this\r\n0\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nonly this\r\nxyz\r\n")]
    public void A_response_that_is_cut_short_never_ends_cleanly(string response)
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.SayAndClose(response));
        var client = proxy.Connect();

        client.Send(Get);

        Assert.DoesNotContain("\r\n0\r\n\r\n", client.ReadToReset());
    }

    [Fact]
    public void A_response_until_close_that_is_reset_never_ends_cleanly()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Nothing);
        var client = proxy.Connect();
        client.Send(Get);
        var origin = proxy.Origin.Connection();
        origin.ReadUntil("\r\n\r\n");

        origin.Send("HTTP/1.1 200 OK\r\n\r\nonly this");
        client.ReadUntil("only this\r\n");
        origin.Abort();

        client.ReadToReset();
    }

    [Fact]
    public void A_response_that_is_cut_short_is_a_reset_for_an_old_client_too()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.SayAndClose("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nonly this\r\n"));
        var client = proxy.Connect();

        client.Send("GET / HTTP/1.0\r\nHost: a.example\r\n\r\n");

        client.ReadToReset();
    }

    [Fact]
    public void An_origin_that_closes_without_a_response_gives_502()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.SayAndClose(""));

        var answer = proxy.Exchange("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n", ".\n");

        Assert.StartsWith("HTTP/1.1 502 ", answer);
        Assert.Contains("error=connection_terminated", answer);
        Assert.Single(proxy.Origin.Connections);
    }

    [Fact]
    public void A_field_of_the_origin_cannot_smuggle_a_line_into_the_head()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Say("HTTP/1.1 200 OK\r\nX: a\u0085b\r\nContent-Length: 2\r\n\r\nok"));

        var answer = proxy.Exchange(Get, "\r\n\r\nok");

        Assert.Contains("\r\nX: a\u0085b\r\n", answer); // above ASCII there are no line ends
    }
}
