using Scp.Streams.Errors;
using Scp.Streams.Http1;
using Scp.Streams.Messages;
using static Scp.Tests.Streams.Http1.Heads;

namespace Scp.Tests.Streams.Http1;

public class Http1ResponseWriterSpec
{
    private static string? Write(ResponseHead head)
    {
        var buffer = new byte[Http1ResponseWriter.Measure(head)];
        var valid = Http1ResponseWriter.TryWrite(head, buffer, out var written, out var error);
        Assert.Equal(valid ? ProxyError.None : ProxyError.InternalError, error);
        return valid ? Text(buffer.AsSpan(0, written)) : null;
    }

    [Theory]
    [InlineData("HTTP/1.1 200 Fine\r\nA: b\r\nset-cookie: x\r\n\r\n", "HTTP/1.1 200 Fine\r\nA: b\r\nset-cookie: x\r\n\r\n")]
    [InlineData("HTTP/1.1 404\r\n\r\n", "HTTP/1.1 404 Not Found\r\n\r\n")]
    [InlineData("HTTP/1.0 299 \r\n\r\n", "HTTP/1.1 299 \r\n\r\n")]
    public void A_response_is_written_as_received_with_our_version(string text, string expected) =>
        Assert.Equal(expected, Write(Response(text)));

    [Fact]
    public void Every_status_can_be_written()
    {
        for (var status = 100; status <= 999; status++)
        {
            var head = NewResponse();
            head.Status = status;
            Assert.StartsWith($"HTTP/1.1 {status} ", Write(head), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(99)]
    [InlineData(1000)]
    [InlineData(-200)]
    public void A_number_that_is_no_status_is_never_written(int status)
    {
        var head = NewResponse();
        head.Status = status;
        Assert.Null(Write(head));
    }

    [Theory]
    [InlineData("OK\r\nX: y")]
    [InlineData("OK\0")]
    public void An_invalid_reason_is_never_written(string reason)
    {
        var head = NewResponse();
        head.Status = 200;
        head.Reason = head.Fields.AppendBytes(Bytes(reason));
        Assert.Null(Write(head));
    }

    [Fact]
    public void An_invalid_field_is_never_written()
    {
        var head = Response(Message("HTTP/1.1 200 OK"));
        head.Fields.Add(KnownField.Location, "/\r\nSet-Cookie: a=b"u8);
        Assert.Null(Write(head));
    }
}
