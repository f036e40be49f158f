using System.Text;
using Scp.Streams.Errors;
using Scp.Streams.Messages;

namespace Scp.Streams.Http1;

/// <summary>
/// How long a message's content is (RFC 9112 6.3). Of every pair of readings that two implementations could disagree on, both are
/// refused: one Content-Length line with one number, or one Transfer-Encoding line that says "chunked", or neither.
/// </summary>
internal static class MessageFraming
{
    public static ProxyError OfRequest(RequestHead head)
    {
        head.Framing = BodyFraming.None;
        head.ContentLength = 0;
        var error = Read(head.Fields, head.Version, out var framing, out var length);
        if (error != ProxyError.None) return error;
        if (framing == BodyFraming.None) return LacksLength(head) ? ProxyError.AmbiguousFraming : ProxyError.None;
        // Content of a CONNECT could be taken for the tunnel's first bytes (RFC 9110 9.3.6), TRACE must have none (9.3.8).
        if (head.Method is Method.Connect or Method.Trace && (framing == BodyFraming.Chunked || length > 0))
            return ProxyError.AmbiguousFraming;
        head.Framing = framing;
        head.ContentLength = length;
        return ProxyError.None;
    }

    public static ProxyError OfResponse(ResponseHead head, Method requestMethod, bool upgradeRequested)
    {
        head.ContentLength = -1;
        if (head.Status == 101)
            return upgradeRequested && head.Version == HttpVersion.Http11 && head.Fields.MayContain(KnownField.Upgrade)
                ? Tunnel(head) : ProxyError.MalformedResponse;
        if (requestMethod == Method.Connect && head.Status is >= 200 and < 300) return Tunnel(head);
        if (Read(head.Fields, head.Version, out var framing, out var length) != ProxyError.None) return ProxyError.MalformedResponse;
        if (head.Status is < 200 or 204) return WithoutContent(head, framing, length);
        if (framing == BodyFraming.Length) head.ContentLength = length;
        if (requestMethod == Method.Head || head.Status == 304) head.Framing = BodyFraming.None;
        else head.Framing = framing == BodyFraming.None ? BodyFraming.UntilClose : framing;
        if (head.Framing == BodyFraming.UntilClose) head.ClosesConnection = true;
        return ProxyError.None;
    }

    /// <summary>1*DIGIT up to <see cref="long.MaxValue"/>, in at most 19 digits (RFC 9110 8.6).</summary>
    public static bool TryParseContentLength(ReadOnlySpan<byte> text, out long length)
    {
        length = 0;
        if (text.IsEmpty || text.Length > 19) return false;
        ulong value = 0;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit((char)digit)) return false;
            value = value * 10 + (ulong)(digit - '0');
        }

        length = (long)value;
        return value <= long.MaxValue;
    }

    /// <summary>
    /// POST and PUT of HTTP/1.0 must say their length (RFC 1945 8.3): clients of that time could also end content by closing, and hops that
    /// still read it so would disagree with us.
    /// </summary>
    private static bool LacksLength(RequestHead head) =>
        head.Version == HttpVersion.Http10 && head.Method is Method.Post or Method.Put;

    /// <summary>1xx and 204 have no content and no framing fields (RFC 9110 8.6); an origin that announced some is not reused.</summary>
    private static ProxyError WithoutContent(ResponseHead head, BodyFraming framing, long length)
    {
        if (framing == BodyFraming.Chunked || length > 0) head.ClosesConnection = true;
        RemoveFramingFields(head);
        head.Framing = BodyFraming.None;
        return ProxyError.None;
    }

    /// <summary>After 101 and a 2xx to CONNECT no framing field counts (RFC 9112 6.3).</summary>
    private static ProxyError Tunnel(ResponseHead head)
    {
        RemoveFramingFields(head);
        head.Framing = BodyFraming.Tunnel;
        return ProxyError.None;
    }

    private static void RemoveFramingFields(ResponseHead head)
    {
        head.Fields.Remove(KnownField.ContentLength);
        head.Fields.Remove(KnownField.TransferEncoding);
    }

    private static ProxyError Read(FieldSection fields, HttpVersion version, out BodyFraming framing, out long length)
    {
        framing = BodyFraming.None;
        length = 0;
        if (fields.MayContain(KnownField.TransferEncoding))
        {
            if (fields.MayContain(KnownField.ContentLength)) return ProxyError.AmbiguousFraming;
            framing = BodyFraming.Chunked;
            return CheckTransferEncoding(fields, version);
        }

        var index = fields.IndexOf(KnownField.ContentLength);
        if (index < 0) return ProxyError.None;
        framing = BodyFraming.Length;
        var single = fields.IndexOf(KnownField.ContentLength, index + 1) < 0;
        return single && TryParseContentLength(fields.Value(index), out length) ? ProxyError.None : ProxyError.InvalidContentLength;
    }

    private static ProxyError CheckTransferEncoding(FieldSection fields, HttpVersion version)
    {
        var index = fields.IndexOf(KnownField.TransferEncoding);
        // HTTP/1.0 has no chunked coding: whoever sent this may be read by an older hop as a message without content (RFC 9112 6.1).
        if (version == HttpVersion.Http10) return ProxyError.InvalidTransferEncoding;
        if (fields.IndexOf(KnownField.TransferEncoding, index + 1) >= 0) return ProxyError.InvalidTransferEncoding;
        var value = fields.Value(index);
        if (Ascii.EqualsIgnoreCase(value, "chunked"u8)) return ProxyError.None;
        return IsCodedAndChunked(value) ? ProxyError.UnsupportedTransferEncoding : ProxyError.InvalidTransferEncoding;
    }

    /// <summary>One registered coding and then chunked: sound framing, but a coding that we do not speak (501, RFC 9112 6.1).</summary>
    private static bool IsCodedAndChunked(ReadOnlySpan<byte> value)
    {
        var comma = value.IndexOf((byte)',');
        if (comma < 0 || !Ascii.EqualsIgnoreCase(Http1Grammar.TrimOws(value[(comma + 1)..]), "chunked"u8)) return false;
        var coding = Http1Grammar.TrimOws(value[..comma]);
        return Ascii.EqualsIgnoreCase(coding, "gzip"u8) || Ascii.EqualsIgnoreCase(coding, "x-gzip"u8)
            || Ascii.EqualsIgnoreCase(coding, "deflate"u8) || Ascii.EqualsIgnoreCase(coding, "compress"u8)
            || Ascii.EqualsIgnoreCase(coding, "x-compress"u8);
    }
}
