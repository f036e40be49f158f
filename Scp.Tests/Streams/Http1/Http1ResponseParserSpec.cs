using Scp.Streams.Errors;
using Scp.Streams.Http1;
using Scp.Streams.Messages;
using static Scp.Tests.Streams.Http1.Heads;

namespace Scp.Tests.Streams.Http1;

public class Http1ResponseParserSpec
{
    private static string Ok(params string[] lines) => Message("HTTP/1.1 200 OK", lines);

    [Fact]
    public void A_response_is_taken_apart()
    {
        var head = Response(Ok("Content-Length: 12", "Server: x"));
        Assert.Equal(200, head.Status);
        Assert.Equal("OK", Text(head.Fields.Bytes(head.Reason)));
        Assert.Equal((BodyFraming.Length, 12L), (head.Framing, head.ContentLength));
        Assert.False(head.ClosesConnection);
        Assert.Equal(2, head.Fields.Count);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 ", "")]
    [InlineData("HTTP/1.1 200", "")]
    [InlineData("HTTP/1.1 200 Fine \u00e9 by\tme ", "Fine \u00e9 by\tme ")]
    [InlineData("HTTP/1.0 200 OK", "OK")]
    public void The_reason_phrase_may_be_anything_or_missing(string line, string reason)
    {
        var head = Response(Message(line, "Content-Length: 0"));
        Assert.Equal(reason, Text(head.Fields.Bytes(head.Reason)));
    }

    [Theory]
    [InlineData("HTTP/1.1  200 OK")]
    [InlineData(" HTTP/1.1 200 OK")]
    [InlineData("HTTP/1.1\t200 OK")]
    [InlineData("HTTP/1.1 200\tOK")]
    [InlineData("HTTP/1.1 20 OK")]
    [InlineData("HTTP/1.1 2000 OK")]
    [InlineData("HTTP/1.1 099 OK")]
    [InlineData("HTTP/1.1 +20 OK")]
    [InlineData("HTTP/1.1 2x0 OK")]
    [InlineData("HTTP/1.1")]
    [InlineData("HTTP/1.1 ")]
    [InlineData("HTTP/1.2 200 OK")]
    [InlineData("HTTP/2.0 200 OK")]
    [InlineData("http/1.1 200 OK")]
    [InlineData("ICY 200 OK")]
    [InlineData("HTTP/1.1 200 O\0K")]
    [InlineData("\r\nHTTP/1.1 200 OK")]
    [InlineData("SSH-2.0-OpenSSH_9.6")]
    public void A_malformed_status_line_is_refused(string line) => Assert.Equal(ProxyError.MalformedResponse, ResponseError(Message(line)));

    [Theory]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 0\n\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\rContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nA : b\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nA: b\0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n: b\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nA: b\n")]
    public void Lines_are_as_strict_as_in_requests(string text) => Assert.Equal(ProxyError.MalformedResponse, ResponseError(text));

    [Theory]
    [InlineData("Content-Length: 5", "Transfer-Encoding: chunked")]
    [InlineData("Content-Length: 5", "Content-Length: 6")]
    [InlineData("Content-Length: 5", "Content-Length: 5")]
    [InlineData("Content-Length: 5, 5", "A: b")]
    [InlineData("Content-Length: -5", "A: b")]
    [InlineData("Content-Length:", "A: b")]
    [InlineData("Transfer-Encoding: gzip, chunked", "A: b")]
    [InlineData("Transfer-Encoding: identity", "A: b")]
    [InlineData("Transfer-Encoding: chunked", "Transfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: gzip", "A: b")]
    public void Ambiguous_framing_is_refused_whatever_the_request(string first, string second)
    {
        Assert.Equal(ProxyError.MalformedResponse, ResponseError(Ok(first, second)));
        Assert.Equal(ProxyError.MalformedResponse, ResponseError(Ok(first, second), Method.Head));
        Assert.Equal(ProxyError.MalformedResponse, ResponseError(Message("HTTP/1.1 304 Not Modified", first, second)));
        Assert.Equal(ProxyError.MalformedResponse, ResponseError(Message("HTTP/1.1 204 No Content", first, second)));
    }

    [Fact]
    public void Transfer_encoding_in_http10_is_refused() =>
        Assert.Equal(ProxyError.MalformedResponse, ResponseError(Message("HTTP/1.0 200 OK", "Transfer-Encoding: chunked")));

    [Fact]
    public void Chunked_is_chunked() => Assert.Equal(BodyFraming.Chunked, Response(Ok("Transfer-Encoding: Chunked")).Framing);

    [Fact]
    public void Without_framing_fields_content_lasts_until_the_connection_closes()
    {
        var head = Response(Ok());
        Assert.Equal((BodyFraming.UntilClose, true, -1L), (head.Framing, head.ClosesConnection, head.ContentLength));
    }

    [Fact]
    public void A_response_to_head_has_no_content_but_may_say_its_length()
    {
        var head = Response(Ok("Content-Length: 12"), Method.Head);
        Assert.Equal((BodyFraming.None, 12L, false), (head.Framing, head.ContentLength, head.ClosesConnection));
        Assert.Equal(BodyFraming.None, Response(Ok("Transfer-Encoding: chunked"), Method.Head).Framing);
        Assert.False(Response(Ok(), Method.Head).ClosesConnection);
    }

    [Fact]
    public void A_304_has_no_content_but_may_say_its_length()
    {
        var head = Response(Message("HTTP/1.1 304 Not Modified", "Content-Length: 12"));
        Assert.Equal((BodyFraming.None, 12L, false), (head.Framing, head.ContentLength, head.ClosesConnection));
    }

    [Theory]
    [InlineData("HTTP/1.1 204 No Content", "Content-Length: 5", true)]
    [InlineData("HTTP/1.1 204 No Content", "Transfer-Encoding: chunked", true)]
    [InlineData("HTTP/1.1 103 Early Hints", "Content-Length: 5", true)]
    [InlineData("HTTP/1.1 204 No Content", "Content-Length: 0", false)]
    [InlineData("HTTP/1.1 100 Continue", "A: b", false)]
    public void A_1xx_or_204_has_no_content_and_loses_its_framing_fields(string line, string field, bool closes)
    {
        var head = Response(Message(line, field));
        Assert.Equal((BodyFraming.None, closes), (head.Framing, head.ClosesConnection));
        Assert.Equal(-1, head.ContentLength);
        Assert.Equal(-1, head.Fields.IndexOf(KnownField.ContentLength));
        Assert.Equal(-1, head.Fields.IndexOf(KnownField.TransferEncoding));
    }

    [Fact]
    public void A_101_is_a_tunnel_only_when_it_was_asked_for()
    {
        var text = Message("HTTP/1.1 101 Switching Protocols", "Connection: upgrade", "Upgrade: websocket", "Content-Length: 5");
        var head = Response(text, Method.Get, upgrade: true);
        Assert.Equal(BodyFraming.Tunnel, head.Framing);
        Assert.Equal(-1, head.Fields.IndexOf(KnownField.ContentLength));
        Assert.Equal(ProxyError.MalformedResponse, ResponseError(text));
        Assert.Equal(ProxyError.MalformedResponse, ResponseError(text.Replace("/1.1", "/1.0", StringComparison.Ordinal), upgrade: true));
        Assert.Equal(ProxyError.MalformedResponse, ResponseError(Message("HTTP/1.1 101 Switching Protocols"), upgrade: true));
    }

    [Fact]
    public void A_success_to_connect_is_a_tunnel_and_a_failure_is_not()
    {
        Assert.Equal(BodyFraming.Tunnel, Response(Ok("Content-Length: 5"), Method.Connect).Framing);
        Assert.Equal(BodyFraming.Tunnel, Response(Ok("Transfer-Encoding: chunked"), Method.Connect).Framing);
        Assert.Equal(BodyFraming.Length, Response(Message("HTTP/1.1 502 Bad", "Content-Length: 5"), Method.Connect).Framing);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK", "Connection: close", true)]
    [InlineData("HTTP/1.1 200 OK", "Connection: keep-alive", false)]
    [InlineData("HTTP/1.0 200 OK", "Connection: keep-alive", false)]
    [InlineData("HTTP/1.0 200 OK", "A: b", true)]
    public void It_says_whether_the_connection_closes(string line, string field, bool expected) =>
        Assert.Equal(expected, Response(Message(line, field, "Content-Length: 0")).ClosesConnection);

    [Fact]
    public void Limits_hold()
    {
        var text = Ok("A: b");
        Assert.Equal(ProxyError.None, ResponseError(text, limits: Limits with { ResponseHead = text.Length }));
        Assert.Equal(ProxyError.ResponseHeadTooLarge, ResponseError(text, limits: Limits with { ResponseHead = text.Length - 1 }));
        Assert.Equal(ProxyError.ResponseHeadTooLarge, ResponseError(text[..^3], limits: Limits with { ResponseHead = text.Length - 3 }));
        Assert.Equal(ProxyError.ResponseTooManyFields, ResponseError(Ok("A: b", "C: d"), limits: Limits with { ResponseFieldCount = 1 }));
    }

    [Fact]
    public void Only_the_head_is_consumed()
    {
        var scanned = 0;
        var text = Ok("Content-Length: 4");
        var status = Http1ResponseParser.Parse(
            Bytes(text + "body"), NewResponse(), Method.Get, false, Limits, ref scanned, out var consumed, out _);
        Assert.Equal((ParseStatus.Done, text.Length), (status, consumed));
    }
}
