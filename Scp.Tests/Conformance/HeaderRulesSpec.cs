using Scp.Tests.Support;

namespace Scp.Tests.Conformance;

/// <summary>What a gateway does to fields (BEHAVIOUR 4.1), at both sides of the whole pipeline.</summary>
[Collection(PipelineTests.Name)]
public sealed class HeaderRulesSpec(PipelineFixture fixture)
{
    [Fact]
    public void Fields_that_concern_one_connection_go_no_further()
    {
        var sent = Forward(
            "Connection: close, X-Mine", "X-Mine: 1", "Keep-Alive: timeout=5", "Proxy-Connection: keep-alive", "TE: gzip", "Upgrade: x",
            "Proxy-Authorization: Basic eDp5", "Trailer: X-End", "HTTP2-Settings: AAAA", "X-Kept: 1");

        Assert.Equal("1", RawMessage.Field(sent, "X-Kept"));
        foreach (var name in (string[])["Connection", "X-Mine", "Keep-Alive", "Proxy-Connection", "TE", "Upgrade", "Proxy-Authorization", "Trailer", "HTTP2-Settings"])
            Assert.Null(RawMessage.Field(sent, name));
    }

    [Fact]
    public void The_origin_s_fields_that_concern_one_connection_go_no_further()
    {
        var got = Return(
            "Connection: X-Mine", "X-Mine: 1", "Keep-Alive: timeout=5", "Proxy-Authenticate: Basic", "Upgrade: h2c", "Proxy-Connection: keep-alive", "X-Kept: 1");

        Assert.Equal("1", RawMessage.Field(got, "X-Kept"));
        foreach (var name in (string[])["Connection", "X-Mine", "Keep-Alive", "Proxy-Authenticate", "Upgrade", "Proxy-Connection"])
            Assert.Null(RawMessage.Field(got, name));
    }

    [Theory]
    [InlineData("Host", "a.example")]
    [InlineData("Authorization", "Basic eDp5")]
    [InlineData("Cookie", "a=b")]
    [InlineData("Content-Length", "0")]
    [InlineData("Max-Forwards", "5")]
    public void Connection_cannot_take_away_a_field_that_is_end_to_end(string name, string value)
    {
        var sent = Forward($"Connection: {name}", name == "Host" ? "X: y" : $"{name}: {value}");

        Assert.Equal(value, RawMessage.Field(sent, name));
    }

    [Fact]
    public void Connection_cannot_take_away_who_the_client_is()
    {
        var sent = Forward("Connection: X-Forwarded-For, X-Forwarded-Host, Via");

        Assert.Equal("192.0.2.7", RawMessage.Field(sent, "X-Forwarded-For"));
        Assert.Equal("a.example", RawMessage.Field(sent, "X-Forwarded-Host"));
        Assert.Equal("1.1 scp", RawMessage.Field(sent, "Via"));
    }

    [Fact]
    public void TE_trailers_is_said_anew() => Assert.Equal("trailers", RawMessage.Field(Forward("TE: trailers, deflate;q=0.5", "Connection: TE"), "TE"));

    [Fact]
    public void Via_is_added_behind_those_before() =>
        Assert.Equal(["1.0 first, 1.1 second (x, y)", "1.1 scp"], RawMessage.Fields(Forward("Via: 1.0 first, 1.1 second (x, y)"), "Via"));

    [Fact]
    public void Via_tells_the_version_of_the_client()
    {
        using var proxy = new PipelineHarness(fixture);

        proxy.ExchangeUntilClose("GET / HTTP/1.0\r\nHost: a.example\r\n\r\n");

        Assert.Equal("1.0 scp", RawMessage.Field(proxy.Origin.Received, "Via"));
    }

    [Fact]
    public void A_request_that_has_been_here_is_refused_as_a_loop()
    {
        using var proxy = new PipelineHarness(fixture);

        var answer = proxy.Exchange("GET / HTTP/1.1\r\nHost: a.example\r\nVia: 1.1 other, 1.1 SCP\r\n\r\n", ".\n");

        Assert.StartsWith("HTTP/1.1 502 ", answer); // what RFC 9209 2.3.16 recommends for proxy_loop_detected
        Assert.Contains("error=proxy_loop_detected", answer);
        Assert.Empty(proxy.Origin.Connections);
    }

    [Theory]
    [InlineData("OPTIONS")]
    [InlineData("TRACE")]
    public void Max_forwards_counts_down(string method)
    {
        using var proxy = new PipelineHarness(fixture);

        proxy.Exchange($"{method} / HTTP/1.1\r\nHost: a.example\r\nMax-Forwards: 7\r\n\r\n", "\r\n\r\nok");

        Assert.Equal("6", RawMessage.Field(proxy.Origin.Received, "Max-Forwards"));
    }

    [Fact]
    public void Trace_ends_here_when_it_may_go_no_further_and_shows_no_secret()
    {
        using var proxy = new PipelineHarness(fixture);

        var answer = proxy.Exchange("TRACE /x HTTP/1.1\r\nHost: a.example\r\nMax-Forwards: 0\r\nX-Seen: 1\r\nCookie: secret\r\n\r\n", "X-Seen: 1\r\n\r\n");

        Assert.Contains("\r\nContent-Type: message/http\r\n", answer);
        Assert.Contains("\r\n\r\nTRACE /x HTTP/1.1\r\nHost: a.example\r\n", answer);
        Assert.DoesNotContain("secret", answer);
        Assert.Empty(proxy.Origin.Connections);
    }

    [Fact]
    public void Options_ends_here_when_it_may_go_no_further()
    {
        using var proxy = new PipelineHarness(fixture);

        var answer = proxy.Exchange("OPTIONS * HTTP/1.1\r\nHost: a.example\r\nMax-Forwards: 0\r\n\r\n", "\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer);
        Assert.Contains("GET", RawMessage.Field(answer, "Allow"));
        Assert.Empty(proxy.Origin.Connections);
    }

    [Theory]
    [InlineData("1", "1")]
    [InlineData("GET", "0")]
    public void Max_forwards_means_nothing_to_other_methods(string method, string value)
    {
        using var proxy = new PipelineHarness(fixture);

        proxy.Exchange($"{(method == "1" ? "POST" : method)} / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\nMax-Forwards: {value}\r\n\r\n", "\r\n\r\nok");

        Assert.Equal(value, RawMessage.Field(proxy.Origin.Received, "Max-Forwards"));
    }

    [Fact]
    public void What_a_stranger_says_of_the_client_is_replaced()
    {
        var sent = Forward(
            "X-Forwarded-For: 203.0.113.1", "x-forwarded-proto: https", "X-Forwarded-Host: evil.example", "X-Real-IP: 203.0.113.1", "Forwarded: for=203.0.113.1",
            "X-Original-URL: /admin", "X_Forwarded_For: 203.0.113.1", "X-Forwarded-Anything: 1");

        Assert.Equal(["192.0.2.7"], RawMessage.Fields(sent, "X-Forwarded-For"));
        Assert.Equal(["http"], RawMessage.Fields(sent, "X-Forwarded-Proto"));
        Assert.Equal(["a.example"], RawMessage.Fields(sent, "X-Forwarded-Host"));
        foreach (var name in (string[])["X-Real-IP", "Forwarded", "X-Original-URL", "X_Forwarded_For", "X-Forwarded-Anything"]) Assert.Null(RawMessage.Field(sent, name));
    }

    [Fact]
    public void What_a_trusted_proxy_says_of_the_client_is_continued()
    {
        using var proxy = new PipelineHarness(fixture);
        var client = proxy.Connect(isTrustedProxy: true);

        client.Send("GET / HTTP/1.1\r\nHost: a.example\r\nX-Forwarded-For: 203.0.113.1\r\nX-Forwarded-For: 203.0.113.2\r\nX-Forwarded-Proto: https\r\n\r\n");
        client.ReadUntil("ok");

        Assert.Equal(["203.0.113.1, 203.0.113.2, 192.0.2.7"], RawMessage.Fields(proxy.Origin.Received, "X-Forwarded-For"));
        Assert.Equal(["https"], RawMessage.Fields(proxy.Origin.Received, "X-Forwarded-Proto"));
    }

    [Fact]
    public void Forwarded_tells_the_same_in_the_standard_way()
    {
        using var proxy = new PipelineHarness(fixture, configuration: "scp.forwarding.forwarded-fields = forwarded");
        var client = proxy.Connect(address: "[2001:db8::7]:40000");

        client.Send("GET / HTTP/1.1\r\nHost: a.example:8080\r\n\r\n");
        client.ReadUntil("ok");

        Assert.Equal("for=\"[2001:db8::7]\";host=\"a.example:8080\";proto=http", RawMessage.Field(proxy.Origin.Received, "Forwarded"));
        Assert.Null(RawMessage.Field(proxy.Origin.Received, "X-Forwarded-For"));
    }

    [Fact]
    public void The_host_of_an_absolute_target_wins_over_host()
    {
        using var proxy = new PipelineHarness(fixture);

        proxy.Exchange("GET http://b.example:81/x?y HTTP/1.1\r\nHost: a.example\r\n\r\n", "ok");

        Assert.StartsWith("GET /x?y HTTP/1.1\r\nHost: b.example:81\r\n", proxy.Origin.Received);
        Assert.Single(RawMessage.Fields(proxy.Origin.Received, "Host"));
    }

    [Fact]
    public void A_request_of_HTTP_1_0_without_host_gets_the_one_of_the_backend()
    {
        using var proxy = new PipelineHarness(fixture);

        proxy.ExchangeUntilClose("GET / HTTP/1.0\r\n\r\n");

        Assert.Equal(["127.0.0.1:1"], RawMessage.Fields(proxy.Origin.Received, "Host"));
    }

    [Fact]
    public void Date_is_added_only_when_the_origin_sent_none()
    {
        Assert.Equal(["Sun, 06 Nov 1994 08:49:37 GMT"], RawMessage.Fields(Return(), "Date"));
        Assert.Equal(["Mon, 07 Nov 1994 00:00:00 GMT"], RawMessage.Fields(Return("Date: Mon, 07 Nov 1994 00:00:00 GMT"), "Date"));
    }

    [Fact]
    public void Set_cookie_lines_are_never_folded_into_one() =>
        Assert.Equal(["a=1; Path=/", "b=2, c", "a=3"], RawMessage.Fields(Return("Set-Cookie: a=1; Path=/", "Set-Cookie: b=2, c", "set-cookie: a=3"), "Set-Cookie"));

    [Fact]
    public void Order_case_and_repetition_of_fields_are_kept_in_both_directions()
    {
        string[] lines = ["X-B: 1", "x-a: 2", "ACCEPT: a", "Accept: b", "X-b: 3", "X-Empty: "];

        Assert.Equal(lines, Lines(Forward(lines))[1..7]);
        Assert.Equal(lines, Lines(Return(lines))[..6]);
    }

    [Fact]
    public void Bytes_above_ASCII_pass_untouched_in_both_directions()
    {
        var all = new string([.. Enumerable.Range(0x80, 0x80).Select(i => (char)i)]);

        Assert.Equal(all, Line(Forward("X: " + all), "X"));
        Assert.Equal(all, Line(Return("X: " + all), "X"));
    }

    [Fact]
    public void The_reason_phrase_of_the_origin_passes()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Say("HTTP/1.1 299 Quite all right\r\nContent-Length: 0\r\n\r\n"));

        Assert.StartsWith("HTTP/1.1 299 Quite all right\r\n", proxy.Exchange("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", "\r\n\r\n"));
    }

    [Fact]
    public void Proxy_status_of_an_origin_is_kept() => Assert.Equal("cdn; error=x", RawMessage.Field(Return("Proxy-Status: cdn; error=x"), "Proxy-Status"));

    /// <summary>What the origin gets of a request with these fields.</summary>
    private string Forward(params string[] lines)
    {
        using var proxy = new PipelineHarness(fixture);
        proxy.Exchange($"GET / HTTP/1.1\r\nHost: a.example\r\n{string.Concat(lines.Select(l => l + "\r\n"))}\r\n", "\r\n\r\nok");
        return proxy.Origin.Received;
    }

    /// <summary>What the client gets of a response with these fields.</summary>
    private string Return(params string[] lines)
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Say($"HTTP/1.1 200 OK\r\n{string.Concat(lines.Select(l => l + "\r\n"))}Content-Length: 2\r\n\r\nok"));
        return proxy.Exchange("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", "\r\n\r\nok");
    }

    private static string[] Lines(string message) => message.Split("\r\n\r\n")[0].Split("\r\n")[1..];

    private static string Line(string message, string name) => Lines(message).Single(l => l.StartsWith(name + ": ", StringComparison.Ordinal))[(name.Length + 2)..];
}
