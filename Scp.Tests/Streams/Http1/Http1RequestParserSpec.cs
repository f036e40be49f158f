using Scp.Streams.Errors;
using Scp.Streams.Http1;
using Scp.Streams.Messages;
using static Scp.Tests.Streams.Http1.Heads;

namespace Scp.Tests.Streams.Http1;

public class Http1RequestParserSpec
{
    [Fact]
    public void A_browser_request_is_taken_apart()
    {
        var head = Request(Message(
            "GET /a/b.html?x=1 HTTP/1.1", "Host: Shop.Example:8080", "accept: */*", "X-Empty:", "Cookie: \t a=b \t"));

        Assert.Equal(Method.Get, head.Method);
        Assert.Equal(HttpVersion.Http11, head.Version);
        Assert.Equal(TargetForm.Origin, head.Target.Form);
        Assert.Equal("/a/b.html?x=1", Text(head.Fields.Bytes(head.Target.Raw)));
        Assert.Equal("/a/b.html", Text(head.PathBytes));
        Assert.True(head.Target.HasQuery);
        Assert.Equal("x=1", Text(head.QueryBytes));
        Assert.Equal("shop.example", Text(head.HostBytes));
        Assert.Equal(8080, head.Target.Port);
        Assert.Equal("Shop.Example:8080", Text(head.AuthorityBytes));
        Assert.Equal(4, head.Fields.Count);
        Assert.Equal("accept", Text(head.Fields.Name(1)));
        Assert.Equal("", head.Fields.Text("X-Empty"));
        Assert.Equal("a=b", head.Fields.Text(KnownField.Cookie));
        Assert.Equal(BodyFraming.None, head.Framing);
        Assert.False(head.AsksToClose);
    }

    [Fact]
    public void Only_the_head_is_consumed()
    {
        var first = Get();
        var scanned = 0;
        var head = NewRequest();
        Assert.Equal(ParseStatus.Done, Http1RequestParser.Parse(
            Bytes(first + "GET /second"), head, Limits, ref scanned, out var consumed, out _));
        Assert.Equal(first.Length, consumed);
        Assert.Equal(0, scanned);
    }

    [Fact]
    public void An_unknown_method_token_passes()
    {
        var head = Request(Message("M-SEARCH / HTTP/1.1", "Host: a"));
        Assert.Equal(Method.Other, head.Method);
        Assert.Equal("M-SEARCH", Text(head.MethodBytes));
    }

    [Fact]
    public void Methods_are_case_sensitive() => Assert.Equal(Method.Other, Request(Message("get / HTTP/1.1", "Host: a")).Method);

    [Fact]
    public void Bytes_above_ascii_in_a_value_pass_untouched() =>
        Assert.Equal("caf\u00e9\u0080\u00ff", Request(Get("X-Name: caf\u00e9\u0080\u00ff")).Fields.Text("X-Name"));

    [Fact]
    public void One_empty_line_before_the_request_line_is_tolerated()
    {
        var head = NewRequest();
        var scanned = 0;
        var text = "\r\n" + Get();
        Assert.Equal(ParseStatus.Done, Http1RequestParser.Parse(Bytes(text), head, Limits, ref scanned, out var consumed, out _));
        Assert.Equal(text.Length, consumed);
    }

    [Theory]
    [InlineData("\r\n\r\n", ProxyError.MalformedRequestLine)]
    [InlineData("\n", ProxyError.BareLineFeed)]
    [InlineData("\r\n\n", ProxyError.BareLineFeed)]
    [InlineData(" ", ProxyError.MalformedRequestLine)]
    public void Nothing_else_before_the_request_line_is_tolerated(string prefix, ProxyError expected) =>
        Assert.Equal(expected, RequestError(prefix + Get()));

    [Theory]
    [InlineData("GET / HTTP/1.1 ", ProxyError.MalformedRequestLine)]
    [InlineData("GET  / HTTP/1.1", ProxyError.MalformedRequestLine)]
    [InlineData("GET /  HTTP/1.1", ProxyError.MalformedRequestLine)]
    [InlineData("GET\t/ HTTP/1.1", ProxyError.MalformedRequestLine)]
    [InlineData("GET / a HTTP/1.1", ProxyError.MalformedRequestLine)]
    [InlineData("GET /\tHTTP/1.1", ProxyError.MalformedTarget)]
    [InlineData("GET /", ProxyError.MalformedRequestLine)]
    [InlineData("GET", ProxyError.MalformedRequestLine)]
    [InlineData("", ProxyError.MalformedRequestLine)]
    [InlineData(" GET / HTTP/1.1", ProxyError.MalformedRequestLine)]
    [InlineData("G@T / HTTP/1.1", ProxyError.MalformedRequestLine)]
    [InlineData("GET:/ / HTTP/1.1", ProxyError.MalformedRequestLine)]
    [InlineData("GET / http/1.1", ProxyError.MalformedRequestLine)]
    [InlineData("GET / HTTP/1.", ProxyError.MalformedRequestLine)]
    [InlineData("GET / HTTP/1.10", ProxyError.MalformedRequestLine)]
    [InlineData("GET / HTTP/11", ProxyError.MalformedRequestLine)]
    [InlineData("GET / HTCPCP/1", ProxyError.MalformedRequestLine)]
    [InlineData("GET / HTTP/1,1", ProxyError.MalformedRequestLine)]
    [InlineData("GET / HTTP/1.2", ProxyError.UnsupportedVersion)]
    [InlineData("GET / HTTP/2.0", ProxyError.UnsupportedVersion)]
    [InlineData("GET / HTTP/0.9", ProxyError.UnsupportedVersion)]
    [InlineData("GET /caf\u00e9 HTTP/1.1", ProxyError.MalformedTarget)]
    [InlineData("GET /a#b HTTP/1.1", ProxyError.MalformedTarget)]
    [InlineData("GET /a\0b HTTP/1.1", ProxyError.MalformedRequestLine)]
    [InlineData("GET /a\u007fb HTTP/1.1", ProxyError.MalformedRequestLine)]
    [InlineData("GET /a\rb HTTP/1.1", ProxyError.BareCarriageReturn)]
    [InlineData("GET /a\nb HTTP/1.1", ProxyError.BareLineFeed)]
    public void A_request_line_that_others_might_read_differently_is_refused(string line, ProxyError expected) =>
        Assert.Equal(expected, RequestError(Message(line, "Host: a")));

    [Fact]
    public void The_preface_of_http2_is_an_unsupported_version() =>
        Assert.Equal(ProxyError.UnsupportedVersion, RequestError("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));

    [Theory]
    [InlineData("Host : a")]
    [InlineData("X-A : 1")]
    [InlineData("X-A\t: 1")]
    [InlineData(" X-A: 1")]
    [InlineData("\tX-A: 1")]
    [InlineData(": 1")]
    [InlineData("X A: 1")]
    [InlineData("X-A")]
    [InlineData("X-\u00e9: 1")]
    [InlineData("X(A): 1")]
    [InlineData("X-A: a\0b")]
    [InlineData("X-A: a\u0001b")]
    [InlineData("X-A: a\u000bb")]
    [InlineData("X-A: a\u007fb")]
    [InlineData("X\0A: a")]
    public void A_malformed_field_line_is_refused(string line) => Assert.Equal(ProxyError.MalformedField, RequestError(Get(line)));

    [Fact]
    public void A_folded_line_is_refused() => Assert.Equal(ProxyError.MalformedField, RequestError(Get("X-A: 1", " more")));

    [Fact]
    public void A_folded_first_line_is_refused() =>
        Assert.Equal(ProxyError.MalformedField, RequestError("GET / HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n"));

    [Theory]
    [InlineData("GET / HTTP/1.1\nHost: a\r\n\r\n", ProxyError.BareLineFeed)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\n\r\n\r\n", ProxyError.BareLineFeed)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\n", ProxyError.BareLineFeed)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\n\n", ProxyError.BareLineFeed)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", ProxyError.BareCarriageReturn)]
    [InlineData("GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", ProxyError.BareCarriageReturn)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", ProxyError.BareCarriageReturn)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\rX", ProxyError.BareCarriageReturn)]
    public void A_line_end_other_than_crlf_is_refused(string text, ProxyError expected) => Assert.Equal(expected, RequestError(text));

    [Theory]
    [InlineData("GET / HTTP/1.1\n", ProxyError.BareLineFeed)]
    [InlineData("GET / HTTP/1.1\rX", ProxyError.BareCarriageReturn)]
    [InlineData("\u0016\u0003\u0001\u0002", ProxyError.MalformedRequestLine)]
    [InlineData("GET / HTTP/1.1\r\nX: a\0", ProxyError.MalformedField)]
    public void An_offence_is_refused_before_the_head_is_complete(string start, ProxyError expected) =>
        Assert.Equal(expected, RequestError(start));

    [Fact]
    public void A_request_line_over_its_limit_is_refused_as_soon_as_it_is()
    {
        var limits = Limits with { RequestLine = 20 };
        Assert.Equal(ProxyError.None, RequestError(Message("GET /345678 HTTP/1.1", "Host: a"), limits));
        Assert.Equal(ProxyError.UriTooLong, RequestError(Message("GET /3456789 HTTP/1.1", "Host: a"), limits));
        Assert.Equal(ProxyError.None, RequestError("GET /345678901234567", limits));
        Assert.Equal(ProxyError.UriTooLong, RequestError("GET /3456789012345678", limits));
    }

    [Fact]
    public void A_field_line_over_its_limit_is_refused_as_soon_as_it_is()
    {
        var limits = Limits with { FieldLine = 20 };
        Assert.Equal(ProxyError.None, RequestError(Get("X: " + new string('a', 17)), limits));
        Assert.Equal(ProxyError.RequestHeadTooLarge, RequestError(Get("X: " + new string('a', 18)), limits));
        Assert.Equal(ProxyError.None, RequestError("GET / HTTP/1.1\r\nX: " + new string('a', 17), limits));
        Assert.Equal(ProxyError.RequestHeadTooLarge, RequestError("GET / HTTP/1.1\r\nX: " + new string('a', 18), limits));
    }

    [Fact]
    public void A_head_over_its_limit_is_refused_as_soon_as_it_is()
    {
        var head = Get("X: a");
        Assert.Equal(ProxyError.None, RequestError(head, Limits with { RequestHead = head.Length }));
        Assert.Equal(ProxyError.RequestHeadTooLarge, RequestError(head, Limits with { RequestHead = head.Length - 1 }));
        Assert.Equal(ProxyError.RequestHeadTooLarge, RequestError(head[..^1], Limits with { RequestHead = head.Length - 1 }));
        Assert.Equal(ProxyError.None, RequestError(head[..^2], Limits with { RequestHead = head.Length - 1 }));
    }

    [Fact]
    public void Too_many_fields_are_refused()
    {
        Assert.Equal(ProxyError.None, RequestError(Get("A: 1", "B: 1"), Limits with { FieldCount = 3 }));
        Assert.Equal(ProxyError.TooManyFields, RequestError(Get("A: 1", "B: 1", "C: 1"), Limits with { FieldCount = 3 }));
    }

    [Fact]
    public void A_field_name_longer_than_its_slice_can_say_is_refused_whatever_the_limits() =>
        Assert.Equal(ProxyError.MalformedField, RequestError(
            Get(new string('a', 70_000) + ": 1"), Limits with { FieldLine = 1 << 20, RequestHead = 1 << 20 }));

    [Fact]
    public void A_head_that_arrives_byte_by_byte_is_parsed_like_a_whole_one()
    {
        var bytes = Bytes(Message("POST /a/../b?c HTTP/1.1", "Host: A", "Content-Length: 5"));
        var head = NewRequest();
        var scanned = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            Assert.Equal(ParseStatus.NeedMore, Http1RequestParser.Parse(bytes.AsSpan(0, i), head, Limits, ref scanned, out _, out _));
            Assert.InRange(scanned, Math.Max(0, i - 1), i);
        }

        Assert.Equal(ParseStatus.Done, Http1RequestParser.Parse(bytes, head, Limits, ref scanned, out _, out _));
        Assert.Equal("/b", Text(head.PathBytes));
        Assert.Equal(5, head.ContentLength);
    }
}
