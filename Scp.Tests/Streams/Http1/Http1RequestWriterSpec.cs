using Scp.Streams.Errors;
using Scp.Streams.Http1;
using Scp.Streams.Messages;
using static Scp.Tests.Streams.Http1.Heads;

namespace Scp.Tests.Streams.Http1;

public class Http1RequestWriterSpec
{
    private static string? Write(RequestHead head)
    {
        var buffer = new byte[Http1RequestWriter.Measure(head)];
        var valid = Http1RequestWriter.TryWrite(head, buffer, out var written, out var error);
        Assert.Equal(valid ? ProxyError.None : ProxyError.InternalError, error);
        if (!valid) Assert.Equal(0, written);
        return valid ? Text(buffer.AsSpan(0, written)) : null;
    }

    [Theory]
    [InlineData("GET /a?b HTTP/1.1\r\nhost: a\r\nX-Empty: \r\nx-OdD: caf\u00e9\r\n\r\n")]
    [InlineData("GET /? HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n")]
    [InlineData("BREW /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n")]
    public void A_request_is_written_as_it_was_received(string text) => Assert.Equal(text, Write(Request(text)));

    [Fact]
    public void An_absolute_target_is_written_in_origin_form_with_its_own_host() =>
        Assert.Equal("GET /x?y HTTP/1.1\r\nHost: b:1\r\n\r\n", Write(Request("GET http://b:1/a/../x?y HTTP/1.1\r\nHost: a\r\n\r\n")));

    [Fact]
    public void An_older_version_is_written_as_ours() =>
        Assert.Equal("GET / HTTP/1.1\r\nHost: a\r\n\r\n", Write(Request("GET / HTTP/1.0\r\nHost: a\r\n\r\n")));

    [Fact]
    public void Removed_fields_are_left_out()
    {
        var head = Request(Get("Cookie: a", "X: b"));
        head.Fields.Remove(KnownField.Cookie);
        head.Fields.Add(KnownField.Via, "1.1 scp"u8);
        Assert.Equal(Get("X: b", "Via: 1.1 scp"), Write(head));
    }

    [Theory]
    [InlineData("", "v")]
    [InlineData("X A", "v")]
    [InlineData("X:", "v")]
    [InlineData("X\r\nY", "v")]
    [InlineData("X\u00e9", "v")]
    [InlineData("X", "a\r\nY: b")]
    [InlineData("X", "a\n")]
    [InlineData("X", "a\r")]
    [InlineData("X", "a\0")]
    [InlineData("X", "\u0001")]
    [InlineData("X", "\u007f")]
    public void An_invalid_field_is_never_written(string name, string value)
    {
        var head = Request(Get());
        head.Fields.Add(Bytes(name), Bytes(value));
        Assert.Null(Write(head));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("/a b")]
    [InlineData("/a\r\nX: y")]
    [InlineData("/a?b")]
    [InlineData("/a#b")]
    [InlineData("/\u00e9")]
    public void An_invalid_path_is_never_written(string path)
    {
        var head = Request(Get());
        head.Target.Path = head.Fields.AppendBytes(Bytes(path));
        Assert.Null(Write(head));
    }

    [Fact]
    public void An_invalid_query_method_or_authority_is_never_written()
    {
        var query = Request(Get());
        query.Target.HasQuery = true;
        query.Target.Query = query.Fields.AppendBytes("a b"u8);
        Assert.Null(Write(query));

        var method = Request(Get());
        method.MethodToken = method.Fields.AppendBytes("GET /x"u8);
        Assert.Null(Write(method));

        var authority = Request(Message("CONNECT a:1 HTTP/1.1", "Host: a:1"));
        authority.Target.Authority = authority.Fields.AppendBytes("a b:1"u8);
        Assert.Null(Write(authority));
    }

    [Fact]
    public void A_buffer_too_small_makes_it_fail_and_not_throw()
    {
        var head = Request(Message("GET /path?query HTTP/1.1", "Host: a", "X: y"));
        var text = Write(head)!;
        for (var size = 0; size < text.Length; size++)
            Assert.False(Http1RequestWriter.TryWrite(head, new byte[size], out _, out _));
        Assert.True(Http1RequestWriter.TryWrite(head, new byte[text.Length], out _, out _));
    }
}
