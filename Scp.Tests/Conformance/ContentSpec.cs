using Scp.Tests.Support;

namespace Scp.Tests.Conformance;

/// <summary>Content of every framing in both directions (RFC 9112 section 6).</summary>
[Collection(PipelineTests.Name)]
public sealed class ContentSpec(PipelineFixture fixture)
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("GET")]
    [InlineData("DELETE")]
    [InlineData("BREW")]
    public void Content_of_known_length_passes_with_any_method(string method)
    {
        using var proxy = new PipelineHarness(fixture);

        proxy.Exchange($"{method} /x HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello", "\r\n\r\nok");

        Assert.StartsWith($"{method} /x HTTP/1.1\r\n", proxy.Origin.Received);
        Assert.Equal("5", RawMessage.Field(proxy.Origin.Received, "Content-Length"));
        Assert.EndsWith("\r\n\r\nhello", proxy.Origin.Received);
    }

    [Fact]
    public void Chunked_content_passes_with_its_trailers_and_without_its_extensions()
    {
        using var proxy = new PipelineHarness(fixture);

        proxy.Exchange(
            "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: Chunked\r\nTrailer: X-End\r\n\r\n5;name=\"a b\"\r\nhello\r\n000006\r\n world\r\n0\r\nX-End: 1\r\n\r\n",
            "\r\n\r\nok");

        Assert.EndsWith("\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\nX-End: 1\r\n\r\n", proxy.Origin.Received);
        Assert.Equal(["chunked"], RawMessage.Fields(proxy.Origin.Received, "Transfer-Encoding"));
        Assert.Equal("X-End", RawMessage.Field(proxy.Origin.Received, "Trailer"));
    }

    [Fact]
    public void A_request_without_content_gets_no_framing_field()
    {
        using var proxy = new PipelineHarness(fixture);

        proxy.Exchange(Get, "ok");

        Assert.Null(RawMessage.Field(proxy.Origin.Received, "Content-Length"));
        Assert.Null(RawMessage.Field(proxy.Origin.Received, "Transfer-Encoding"));
    }

    [Fact]
    public void Chunked_responses_pass_with_trailers_to_clients_that_take_them()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-End\r\n\r\n5;x\r\nhello\r\n0\r\nX-End: 1\r\n\r\n"));

        var with = proxy.Exchange("GET / HTTP/1.1\r\nHost: a.example\r\nTE: trailers\r\nConnection: TE\r\n\r\n", "\r\n\r\n5\r\nhello\r\n0\r\nX-End: 1\r\n\r\n");
        var without = proxy.Exchange(Get, "\r\n\r\n5\r\nhello\r\n0\r\n\r\n");

        Assert.Equal("X-End", RawMessage.Field(with, "Trailer"));
        Assert.Null(RawMessage.Field(without, "Trailer"));
        Assert.Equal(["chunked"], RawMessage.Fields(with, "Transfer-Encoding"));
        Assert.Single(proxy.Origin.Connections);
    }

    [Fact]
    public void A_response_until_close_is_chunked_for_HTTP_1_1_and_the_connection_stays()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.SayAndClose("HTTP/1.1 200 OK\r\n\r\nhello"));
        var client = proxy.Connect();

        client.Send(Get);
        client.ReadUntil("0\r\n\r\n");

        Assert.EndsWith("\r\n\r\n5\r\nhello\r\n0\r\n\r\n", client.Received);
        Assert.Equal("chunked", RawMessage.Field(client.Received, "Transfer-Encoding"));
        Assert.False(client.IsOver);
    }

    [Fact]
    public void A_response_until_close_stays_so_for_HTTP_1_0()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.SayAndClose("HTTP/1.1 200 OK\r\n\r\nhello"));

        var answer = proxy.ExchangeUntilClose("GET / HTTP/1.0\r\nHost: a.example\r\nConnection: keep-alive\r\n\r\n");

        Assert.EndsWith("\r\n\r\nhello", answer);
        Assert.Equal("close", RawMessage.Field(answer, "Connection"));
    }

    [Fact]
    public void A_chunked_response_is_unchunked_for_HTTP_1_0()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n"));

        var answer = proxy.ExchangeUntilClose("GET / HTTP/1.0\r\nHost: a.example\r\n\r\n");

        Assert.EndsWith("\r\n\r\nhello", answer);
        Assert.Null(RawMessage.Field(answer, "Transfer-Encoding"));
    }

    [Theory]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n", "1234")]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", null)]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 1234\r\n\r\n", "1234")]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\n\r\n", null)]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", null)]
    public void Responses_without_content_end_with_their_head(string method, string response, string? length)
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Say(response));
        var client = proxy.Connect();

        client.Send($"{method} / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        client.ReadUntil("\r\n\r\n");
        client.Send($"{method} / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        Eventually.Holds(() => client.Received.Split("\r\n\r\n").Length == 3);

        Assert.Equal(length, RawMessage.Field(client.Received, "Content-Length"));
        Assert.Null(RawMessage.Field(client.Received, "Transfer-Encoding"));
        Assert.Single(proxy.Origin.Connections);
    }

    [Fact]
    public void An_error_in_answer_to_HEAD_has_no_content()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.SayAndClose("noise\r\n\r\n"));

        var answer = proxy.Exchange("HEAD / HTTP/1.1\r\nHost: a.example\r\n\r\n", "\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 502 ", answer);
        Assert.NotEqual("0", RawMessage.Field(answer, "Content-Length"));
    }

    [Theory]
    [InlineData("Content-Length: 11\r\n\r\nhello")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n")]
    public void A_request_beyond_the_content_limit_is_refused(string framing)
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Nothing, "scp.limits.request-content = 10B");
        var client = proxy.Connect();

        client.Send($"POST / HTTP/1.1\r\nHost: a.example\r\n{framing} world");

        Assert.StartsWith("HTTP/1.1 413 ", client.ReadToEnd());
    }

    [Fact]
    public void Megabytes_stream_in_both_directions()
    {
        var content = string.Concat(Enumerable.Range(0, 400_000).Select(i => $"{i:x5}"));
        using var proxy = new PipelineHarness(fixture, OriginScripts.Respond(request => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunks(Body(request))));
        var client = proxy.Connect();

        client.Send($"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: {content.Length}\r\n\r\n{content}");

        client.ReadUntil("\r\n0\r\n\r\n");
        Assert.Equal(content, Unchunk(client.Received));
    }

    internal static string Body(string message) => message[(message.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];

    internal static string Chunks(string content) =>
        string.Concat(content.Chunk(70_000).Select(c => $"{c.Length:X}\r\n{new string(c)}\r\n")) + "0\r\n\r\n";

    internal static string Unchunk(string message)
    {
        var content = new System.Text.StringBuilder();
        var rest = Body(message).AsSpan();
        while (int.Parse(rest[..rest.IndexOf("\r\n")], System.Globalization.NumberStyles.HexNumber) is var size and > 0)
        {
            rest = rest[(rest.IndexOf("\r\n") + 2)..];
            content.Append(rest[..size]);
            rest = rest[(size + 2)..];
        }

        return content.ToString();
    }
}
