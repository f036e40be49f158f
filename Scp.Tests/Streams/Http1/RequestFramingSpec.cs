using Scp.Streams.Errors;
using Scp.Streams.Messages;
using static Scp.Tests.Streams.Http1.Heads;

namespace Scp.Tests.Streams.Http1;

/// <summary>Every way to make two parties disagree on where a request ends.</summary>
public class RequestFramingSpec
{
    [Theory]
    [InlineData("Content-Length: 5", "Transfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked", "Content-Length: 5")]
    [InlineData("Transfer-Encoding: chunked", "Content-Length: 0")]
    [InlineData("Transfer-Encoding: xchunked", "Content-Length: 5")]
    [InlineData("transfer-encoding: identity", "CONTENT-LENGTH: 5")]
    public void Content_length_with_transfer_encoding_is_refused(string first, string second) =>
        Assert.Equal(ProxyError.AmbiguousFraming, RequestError(Post(first, second)));

    [Theory]
    [InlineData("5", "6")]
    [InlineData("5", "5")]
    [InlineData("0", "5")]
    public void Two_content_length_lines_are_refused_even_when_equal(string first, string second) =>
        Assert.Equal(ProxyError.InvalidContentLength, RequestError(Post("Content-Length: " + first, "Content-Length: " + second)));

    [Theory]
    [InlineData("5, 5")]
    [InlineData("5,6")]
    [InlineData("5,")]
    [InlineData("+5")]
    [InlineData("-5")]
    [InlineData("-0")]
    [InlineData("5 5")]
    [InlineData("0x5")]
    [InlineData("5.0")]
    [InlineData("5e1")]
    [InlineData("1_000")]
    [InlineData("five")]
    [InlineData("")]
    [InlineData("\"5\"")]
    [InlineData("\u00b2")]
    [InlineData("9223372036854775808")]
    [InlineData("18446744073709551616")]
    [InlineData("18446744073709551621")]
    [InlineData("00000000000000000005")]
    public void A_content_length_that_is_not_one_number_is_refused(string value) =>
        Assert.Equal(ProxyError.InvalidContentLength, RequestError(Post("Content-Length: " + value)));

    [Theory]
    [InlineData("Content-Length : 5")]
    [InlineData(" Content-Length: 5")]
    [InlineData("Content-Length\u000b: 5")]
    [InlineData("Content-Length: 5\u000b")]
    [InlineData("Transfer-Encoding : chunked")]
    [InlineData("Transfer-Encoding\t: chunked")]
    [InlineData("Transfer-Encoding: \u000bchunked")]
    [InlineData("Transfer-Encoding: chunked\0")]
    [InlineData("\tTransfer-Encoding: chunked")]
    public void A_framing_field_in_disguise_is_refused(string line) =>
        Assert.Equal(ProxyError.MalformedField, RequestError(Post(line)));

    [Fact]
    public void A_folded_transfer_encoding_is_refused() =>
        Assert.Equal(ProxyError.MalformedField, RequestError(Post("Transfer-Encoding:", " chunked")));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("5", 5)]
    [InlineData("007", 7)]
    [InlineData("\t5 ", 5)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void A_number_up_to_the_largest_long_is_a_length(string value, long expected)
    {
        var head = Request(Post("Content-Length: " + value));
        Assert.Equal((BodyFraming.Length, expected), (head.Framing, head.ContentLength));
    }

    [Theory]
    [InlineData("chunked")]
    [InlineData("Chunked")]
    [InlineData("CHUNKED")]
    [InlineData("\t chunked \t")]
    public void Chunked_alone_in_any_case_is_chunked(string value) =>
        Assert.Equal(BodyFraming.Chunked, Request(Post("Transfer-Encoding: " + value)).Framing);

    [Theory]
    [InlineData("chunked, chunked")]
    [InlineData("chunked,")]
    [InlineData(",chunked")]
    [InlineData(", chunked")]
    [InlineData("xchunked")]
    [InlineData("chunkedx")]
    [InlineData("chunked;q=1")]
    [InlineData("chunked;")]
    [InlineData("\"chunked\"")]
    [InlineData("'chunked'")]
    [InlineData("identity")]
    [InlineData("chunked, identity")]
    [InlineData("identity, chunked")]
    [InlineData("gzip")]
    [InlineData("chunked, gzip")]
    [InlineData("chunked\tx")]
    [InlineData("x\tchunked")]
    [InlineData("chun ked")]
    [InlineData("ch\u00faunked")]
    [InlineData("")]
    public void A_transfer_encoding_that_is_not_exactly_chunked_is_refused(string value) =>
        Assert.Equal(ProxyError.InvalidTransferEncoding, RequestError(Post("Transfer-Encoding: " + value)));

    [Fact]
    public void Two_transfer_encoding_lines_are_refused()
    {
        Assert.Equal(ProxyError.InvalidTransferEncoding, RequestError(Post("Transfer-Encoding: chunked", "Transfer-Encoding: chunked")));
        Assert.Equal(ProxyError.InvalidTransferEncoding, RequestError(Post("Transfer-Encoding: gzip", "Transfer-Encoding: chunked")));
        Assert.Equal(ProxyError.InvalidTransferEncoding, RequestError(Post("Transfer-Encoding: chunked", "Transfer-Encoding: identity")));
    }

    [Theory]
    [InlineData("gzip, chunked")]
    [InlineData("deflate,chunked")]
    [InlineData("x-gzip , Chunked")]
    public void A_registered_coding_before_chunked_is_unsupported(string value) =>
        Assert.Equal(ProxyError.UnsupportedTransferEncoding, RequestError(Post("Transfer-Encoding: " + value)));

    [Fact]
    public void Transfer_encoding_in_http10_is_refused() =>
        Assert.Equal(ProxyError.InvalidTransferEncoding, RequestError(Message("POST / HTTP/1.0", "Transfer-Encoding: chunked")));

    [Theory]
    [InlineData("CONNECT a.example:443 HTTP/1.1", "Content-Length: 5")]
    [InlineData("CONNECT a.example:443 HTTP/1.1", "Transfer-Encoding: chunked")]
    [InlineData("TRACE / HTTP/1.1", "Content-Length: 5")]
    public void Content_where_it_cannot_be_is_refused(string line, string field) =>
        Assert.Equal(ProxyError.AmbiguousFraming, RequestError(Message(line, "Host: a.example:443", field)));

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    public void Http10_must_say_how_long_its_content_is(string method)
    {
        Assert.Equal(ProxyError.AmbiguousFraming, RequestError(Message(method + " / HTTP/1.0", "Host: a")));
        Assert.Equal(BodyFraming.Length, Request(Message(method + " / HTTP/1.0", "Host: a", "Content-Length: 0")).Framing);
        Assert.Equal(BodyFraming.None, Request(Message("GET / HTTP/1.0", "Host: a")).Framing);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public void Content_of_any_other_method_is_framed_like_that_of_post(string method)
    {
        Assert.Equal(BodyFraming.Length, Request(Message(method + " / HTTP/1.1", "Host: a", "Content-Length: 3")).Framing);
        Assert.Equal(BodyFraming.Chunked, Request(Message(method + " / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked")).Framing);
        Assert.Equal(BodyFraming.None, Request(Message(method + " / HTTP/1.1", "Host: a")).Framing);
    }
}
