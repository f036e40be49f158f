using Scp.Streams.Errors;
using static Scp.Tests.Streams.Http1.Heads;

namespace Scp.Tests.Streams.Http1;

public class RequestOptionsSpec
{
    [Theory]
    [InlineData("HTTP/1.1", null, false)]
    [InlineData("HTTP/1.1", "close", true)]
    [InlineData("HTTP/1.1", "x, Close", true)]
    [InlineData("HTTP/1.1", "keep-alive", false)]
    [InlineData("HTTP/1.1", "keep-alive, close", true)]
    [InlineData("HTTP/1.0", null, true)]
    [InlineData("HTTP/1.0", "Keep-Alive", false)]
    [InlineData("HTTP/1.0", "keep-alive, close", true)]
    public void Close_is_asked_for_by_word_or_by_version(string version, string? connection, bool expected)
    {
        string[] lines = connection is null ? ["Host: a"] : ["Host: a", "Connection: " + connection];
        Assert.Equal(expected, Request(Message("GET / " + version, lines)).AsksToClose);
    }

    [Fact]
    public void Options_count_over_all_connection_lines() => Assert.True(Request(Get("Connection: x", "Connection: close")).AsksToClose);

    [Fact]
    public void Expect_100_continue_counts_in_any_case() =>
        Assert.True(Request(Post("Content-Length: 5", "Expect: 100-Continue")).ExpectsContinue);

    [Fact]
    public void Nobody_waits_for_a_100_without_content_or_in_http10()
    {
        Assert.False(Request(Get("Expect: 100-continue")).ExpectsContinue);
        Assert.False(Request(Post("Content-Length: 0", "Expect: 100-continue")).ExpectsContinue);
        Assert.False(Request(Message("POST / HTTP/1.0", "Content-Length: 5", "Expect: 100-continue")).ExpectsContinue);
    }

    [Theory]
    [InlineData("200-ok")]
    [InlineData("")]
    [InlineData("100-continue, x")]
    [InlineData("100-continue;q=1")]
    [InlineData("y 100-continue")]
    [InlineData("100continue")]
    public void Any_other_expectation_fails(string value) =>
        Assert.Equal(ProxyError.ExpectationFailed, RequestError(Post("Content-Length: 5", "Expect: " + value)));

    [Fact]
    public void A_second_expectation_does_not_hide_behind_the_first() =>
        Assert.Equal(ProxyError.ExpectationFailed, RequestError(Post("Expect: 100-continue", "Expect: other")));

    [Fact]
    public void An_upgrade_that_connection_names_is_asked_for()
    {
        Assert.True(Request(Get("Connection: keep-alive, Upgrade", "Upgrade: websocket")).AsksToUpgrade);
        Assert.True(Request(Get("Connection: upgrade", "Upgrade: foo/2, websocket", "Content-Length: 0")).AsksToUpgrade);
    }

    [Theory]
    [InlineData("Upgrade: websocket")]
    [InlineData("Connection: upgrade")]
    [InlineData("Connection: upgrade|Upgrade: h2c")]
    [InlineData("Connection: upgrade|Upgrade: websocket, H2C")]
    [InlineData("Connection: upgrade|Upgrade: websocket|Upgrade: h2c")]
    [InlineData("Connection: upgrade|Upgrade:")]
    [InlineData("Connection: upgrade|Upgrade: websocket|Content-Length: 5")]
    [InlineData("Connection: upgrade|Upgrade: websocket|Transfer-Encoding: chunked")]
    public void No_other_upgrade_is(string lines) => Assert.False(Request(Get(lines.Split('|'))).AsksToUpgrade);

    [Fact]
    public void Upgrade_in_http10_is_not() =>
        Assert.False(Request(Message("GET / HTTP/1.0", "Connection: upgrade", "Upgrade: websocket")).AsksToUpgrade);

    [Theory]
    [InlineData("trailers", true)]
    [InlineData("gzip;q=0.5, Trailers", true)]
    [InlineData("gzip", false)]
    [InlineData("xtrailers", false)]
    public void Trailers_are_accepted_when_te_says_so(string te, bool expected) =>
        Assert.Equal(expected, Request(Get("TE: " + te, "Connection: TE")).AcceptsTrailers);
}
