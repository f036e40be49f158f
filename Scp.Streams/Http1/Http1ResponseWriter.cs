using Scp.Streams.Errors;
using Scp.Streams.Messages;

namespace Scp.Streams.Http1;

/// <summary>
/// Response heads for clients: always HTTP/1.1, also to HTTP/1.0 clients (RFC 9110 6.2). The reason phrase is the origin's, or the
/// registered one. Fields are written as they stand, in their order. An invalid part makes it fail, never throw.
/// </summary>
public static class Http1ResponseWriter
{
    /// <summary>"HTTP/1.1 200 ", CRLF and the longest registered reason phrase.</summary>
    private const int StatusLine = 64;

    /// <summary>An upper bound of what <see cref="TryWrite"/> writes.</summary>
    public static int Measure(ResponseHead head) => StatusLine + head.Reason.Length + FieldLineWriter.Measure(head.Fields);

    /// <summary>Writes the head; false with an error when a part of it must not go on the wire or there is no room for it.</summary>
    public static bool TryWrite(ResponseHead head, Span<byte> destination, out int written, out ProxyError error)
    {
        written = 0;
        var valid = TryWriteStatusLine(head, destination, ref written)
            && FieldLineWriter.TryWrite(head.Fields, destination, ref written);
        if (!valid) written = 0;
        error = valid ? ProxyError.None : ProxyError.InternalError;
        return valid;
    }

    private static bool TryWriteStatusLine(ResponseHead head, Span<byte> destination, ref int written)
    {
        if (head.Status is < 100 or > 999 || destination.Length < StatusLine) return false;
        var reason = head.Reason.IsEmpty ? ReasonPhrases.Of(head.Status) : head.Fields.Bytes(head.Reason);
        if (reason.ContainsAny(Http1Grammar.Control)) return false;
        "HTTP/1.1 "u8.CopyTo(destination);
        destination[9] = (byte)('0' + head.Status / 100);
        destination[10] = (byte)('0' + head.Status / 10 % 10);
        destination[11] = (byte)('0' + head.Status % 10);
        destination[12] = Http1Grammar.Sp; // stays when there is no reason phrase (RFC 9112 section 4)
        written = 13;
        return FieldLineWriter.TryAppend(reason, destination, ref written)
            && FieldLineWriter.TryAppend("\r\n"u8, destination, ref written);
    }
}
