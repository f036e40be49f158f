using Scp.Tests.Support;

namespace Scp.Tests.Conformance;

/// <summary>Request smuggling: whatever two parsers could read differently is refused, and nothing behind it is ever served.</summary>
[Collection(PipelineTests.Name)]
public sealed class RequestFramingSpec(PipelineFixture fixture)
{
    private const string ChunkedPost = "POST /first HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n";

    [Theory]
    [MemberData(nameof(Attacks.InTheHead), MemberType = typeof(Attacks))]
    public void A_head_that_could_be_read_in_two_ways_is_refused_before_a_byte_reaches_the_origin(string name, string head, int status)
    {
        using var proxy = new PipelineHarness(fixture);
        var client = proxy.Connect();

        client.Send(head + Attacks.Smuggled);

        AssertRefused(client.ReadToEnd(), status, name);
        Assert.Empty(proxy.Origin.Connections);
    }

    [Theory]
    [MemberData(nameof(Attacks.InTheHead), MemberType = typeof(Attacks))]
    public void It_is_refused_the_same_way_when_it_comes_byte_by_byte(string name, string head, int status)
    {
        using var proxy = new PipelineHarness(fixture);
        var client = proxy.Connect();
        client.Cuts = new Rechunker(name.Length);

        client.Send(head + Attacks.Smuggled);

        AssertRefused(client.ReadToEnd(), status, name);
        Assert.Empty(proxy.Origin.Connections);
    }

    [Theory]
    [MemberData(nameof(Attacks.InTheHead), MemberType = typeof(Attacks))]
    public void It_is_refused_behind_a_sound_request_too(string name, string head, int status)
    {
        if (name == "two empty lines first") return;
        using var proxy = new PipelineHarness(fixture);
        var client = proxy.Connect();

        client.Send("GET /sound HTTP/1.1\r\nHost: a.example\r\n\r\n" + head + Attacks.Smuggled);

        var answers = client.ReadToEnd();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answers);
        AssertRefused(answers[(answers.IndexOf("\r\n\r\nok", StringComparison.Ordinal) + 6)..], status, name);
        Assert.DoesNotContain("smuggled", proxy.Origin.Received);
    }

    [Theory]
    [MemberData(nameof(Attacks.InTheChunks), MemberType = typeof(Attacks))]
    public void Chunks_that_could_be_read_in_two_ways_end_both_connections(string name, string content, int status)
    {
        using var proxy = new PipelineHarness(fixture);
        var client = proxy.Connect();

        client.Send(ChunkedPost + content + Attacks.Smuggled);

        AssertRefused(client.ReadToEnd(), status, name);
        AssertOriginWasCut(proxy);
    }

    [Theory]
    [MemberData(nameof(Attacks.InTheChunks), MemberType = typeof(Attacks))]
    public void So_they_do_when_they_come_byte_by_byte(string name, string content, int status)
    {
        using var proxy = new PipelineHarness(fixture);
        var client = proxy.Connect();
        client.Cuts = new Rechunker(name.Length);

        client.Send(ChunkedPost + content + Attacks.Smuggled);

        AssertRefused(client.ReadToEnd(), status, name);
        AssertOriginWasCut(proxy);
    }

    [Fact]
    public void Twenty_megabytes_of_chunk_extensions_are_refused_at_their_limit()
    {
        using var proxy = new PipelineHarness(fixture);
        var client = proxy.Connect();

        client.Send(ChunkedPost + "5;a=");
        for (var i = 0; i < 20 && client.ReceivedLength == 0; i++) client.Send(new string('b', 1024 * 1024));

        AssertRefused(client.ReadToEnd(), 400, "extensions");
        AssertOriginWasCut(proxy);
    }

    [Fact]
    public void A_huge_content_length_without_content_holds_nothing_and_ends_with_408()
    {
        using var proxy = new PipelineHarness(fixture);
        var client = proxy.Connect();
        client.Send($"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: {long.MaxValue}\r\n\r\n");

        proxy.Origin.Connection();
        proxy.Advance(TimeSpan.FromSeconds(31));

        AssertRefused(client.ReadToEnd(), 408, "no content");
        AssertOriginWasCut(proxy);
    }

    [Fact]
    public void Content_that_is_announced_is_never_read_as_the_next_request()
    {
        using var proxy = new PipelineHarness(fixture);
        var client = proxy.Connect();

        client.Send($"GET / HTTP/1.1\r\nHost: a.example\r\nContent-Length: {Attacks.Smuggled.Length}\r\n\r\n{Attacks.Smuggled}");

        client.ReadUntil("\r\n\r\nok");
        Assert.Single(client.Received.Split("HTTP/1.1 200")[1..]);
        Assert.EndsWith($"Content-Length: {Attacks.Smuggled.Length}\r\n", Ordered(proxy.Origin.Received, "Content-Length"));
        Assert.EndsWith("\r\n\r\n" + Attacks.Smuggled, proxy.Origin.Received);
    }

    [Fact]
    public void Content_of_zero_bytes_leaves_what_follows_to_the_next_request()
    {
        using var proxy = new PipelineHarness(fixture);
        var client = proxy.Connect();

        client.Send("POST /one HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\nGET /two HTTP/1.1\r\nHost: a.example\r\n\r\n");

        Eventually.Holds(() => client.Received.Split("\r\n\r\nok").Length == 3);
        Assert.Contains("GET /two HTTP/1.1\r\n", proxy.Origin.Received);
    }

    [Fact]
    public void An_origin_that_answers_before_the_content_never_gets_another_request_on_that_connection()
    {
        // The origin takes the request for one without content: what the proxy sends next would be read as the rest of it, or the other way round.
        using var proxy = new PipelineHarness(fixture, origin =>
        {
            if (origin.Received.EndsWith("\r\n\r\n", StringComparison.Ordinal) && origin.TryTakeHead()) origin.Send(OriginScripts.OkResponse);
        });
        var client = proxy.Connect();
        client.Send("POST /early HTTP/1.1\r\nHost: a.example\r\nContent-Length: 45\r\n\r\n");
        client.ReadUntil("\r\n\r\nok");

        client.Send(Attacks.Smuggled.PadRight(45));
        client.Send("GET /next HTTP/1.1\r\nHost: a.example\r\n\r\n");

        Eventually.Holds(() => client.Received.Split("\r\n\r\nok").Length == 3);
        Assert.Equal(2, proxy.Origin.Connections.Count);
        Assert.DoesNotContain("/next", proxy.Origin.Connections[0].Received);
        Assert.DoesNotContain("smuggled", proxy.Origin.Connections[1].Received);
    }

    [Fact]
    public void A_final_status_before_expected_content_closes_the_connection_so_that_nobody_guesses_what_comes_next()
    {
        using var proxy = new PipelineHarness(fixture, origin =>
        {
            if (origin.TryTakeHead()) origin.Send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        });
        var client = proxy.Connect();

        client.Send($"POST / HTTP/1.1\r\nHost: a.example\r\nExpect: 100-continue\r\nContent-Length: {Attacks.Smuggled.Length}\r\n\r\n");
        Eventually.Holds(() => client.Received.Contains("\r\n\r\n", StringComparison.Ordinal));
        client.Send(Attacks.Smuggled);

        var answer = client.ReadToEnd();
        Assert.StartsWith("HTTP/1.1 403 Forbidden\r\n", answer);
        Assert.Equal("close", RawMessage.Field(answer, "Connection"));
        Assert.Single(answer.Split("HTTP/1.1 ")[1..]);
        Eventually.Holds(() => proxy.Origin.Connection().IsOver);
    }

    [Theory]
    [InlineData("h2c")]
    [InlineData("websocket, h2c")]
    public void An_upgrade_to_h2c_is_never_passed_on(string protocols)
    {
        using var proxy = new PipelineHarness(fixture);
        var client = proxy.Connect();

        client.Send($"GET / HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: {protocols}\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");

        client.ReadUntil("\r\n\r\nok");
        Assert.Null(RawMessage.Field(proxy.Origin.Received, "Upgrade"));
        Assert.Null(RawMessage.Field(proxy.Origin.Received, "HTTP2-Settings"));
        Assert.Null(RawMessage.Field(proxy.Origin.Received, "Connection"));
    }

    [Fact]
    public void An_upgrade_that_connection_does_not_name_is_not_passed_on()
    {
        using var proxy = new PipelineHarness(fixture);
        var client = proxy.Connect();

        client.Send("GET / HTTP/1.1\r\nHost: a.example\r\nUpgrade: websocket\r\n\r\n");

        client.ReadUntil("\r\n\r\nok");
        Assert.Null(RawMessage.Field(proxy.Origin.Received, "Upgrade"));
    }

    [Theory]
    [InlineData("Content-Length: 10")]
    [InlineData("Transfer-Encoding: chunked")]
    [InlineData("Host: evil.example")]
    public void A_trailer_that_would_change_framing_or_routing_never_reaches_the_origin(string trailer)
    {
        using var proxy = new PipelineHarness(fixture);
        var client = proxy.Connect();

        client.Send(ChunkedPost + $"5\r\nhello\r\n0\r\n{trailer}\r\n\r\n");

        Eventually.Holds(() => client.Received.Contains("\r\n\r\n", StringComparison.Ordinal));
        Assert.DoesNotContain("0\r\n" + trailer, proxy.Origin.Received, StringComparison.OrdinalIgnoreCase);
    }

    private static void AssertRefused(string answer, int status, string name)
    {
        Assert.True(answer.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal), $"{name}: {answer}");
        Assert.Equal("close", RawMessage.Field(answer, "Connection"));
        Assert.True(RawMessage.TryMeasure(answer, out var length));
        Assert.Equal(answer.Length, length);
    }

    private static void AssertOriginWasCut(PipelineHarness proxy)
    {
        foreach (var connection in proxy.Origin.Connections)
        {
            Eventually.Holds(() => connection.IsOver, "The origin's connection is still open.");
            Assert.True(connection.IsReset || connection.Received.Length == 0, "The origin could take what came for a whole request.");
            Assert.DoesNotContain("GET /smuggled", connection.Received);
        }

        var next = proxy.Connect();
        var before = proxy.Origin.Connections.Count;
        next.Send("GET /next HTTP/1.1\r\nHost: a.example\r\n\r\n");
        next.ReadUntil("\r\n\r\nok");
        Assert.Equal(before + 1, proxy.Origin.Connections.Count);
    }

    private static string Ordered(string message, string name) =>
        message.Split("\r\n").First(l => l.StartsWith(name, StringComparison.Ordinal)) + "\r\n";
}
