using Scp.Streams.Errors;
using Scp.Streams.Limits;
using Scp.Streams.Messages;

namespace Scp.Streams.Http1;

/// <summary>
/// Response heads of origins, interim ones too (RFC 9112 sections 2 to 6). As strict as with requests, bare line feeds included; only
/// the reason phrase and the space before it may be missing. Whatever is wrong is <see cref="ProxyError.MalformedResponse"/>, apart
/// from the limits.
/// </summary>
public static class Http1ResponseParser
{
    /// <summary>Length of "HTTP/1.1 200".</summary>
    private const int StatusEnd = 12;

    /// <summary>Parses the head at the start of <paramref name="input"/>.</summary>
    /// <param name="input">All bytes since the last head or message, from the first one on.</param>
    /// <param name="head">An empty head; filled.</param>
    /// <param name="requestMethod">Of the request that this answers: a response to HEAD has no content, one to CONNECT is a tunnel.</param>
    /// <param name="upgradeRequested">Upgrade was sent on: 101 is a possible answer.</param>
    /// <param name="limits">The limits that apply.</param>
    /// <param name="scanned">0 for a new head, then what the last call left.</param>
    /// <param name="consumed">Bytes of the head when Done, else 0.</param>
    /// <param name="error">Why, when Rejected.</param>
    public static ParseStatus Parse(
        ReadOnlySpan<byte> input, ResponseHead head, Method requestMethod, bool upgradeRequested, LimitSettings limits,
        ref int scanned, out int consumed, out ProxyError error)
    {
        consumed = 0;
        var from = Math.Clamp(scanned - 3, 0, input.Length);
        var end = input[from..].IndexOf(Http1Grammar.EndOfHead);
        if (end < 0)
        {
            error = InResponse(HeadScanner.Check(input, ref scanned, complete: false, LimitsOf(limits)));
            return error == ProxyError.None ? ParseStatus.NeedMore : ParseStatus.Rejected;
        }

        var bytes = input[..(from + end + Http1Grammar.EndOfHead.Length)];
        error = ParseHead(bytes, head, requestMethod, upgradeRequested, limits);
        if (error != ProxyError.None)
        {
            var first = 0;
            var offence = HeadScanner.Check(bytes, ref first, complete: true, LimitsOf(limits));
            error = InResponse(offence != ProxyError.None ? offence : error);
            return ParseStatus.Rejected;
        }

        consumed = bytes.Length;
        scanned = 0;
        return ParseStatus.Done;
    }

    private static HeadLimits LimitsOf(LimitSettings limits) => new()
    {
        FirstLine = limits.ResponseHead,
        Line = limits.ResponseHead,
        Total = limits.ResponseHead,
        FirstLineTooLong = ProxyError.ResponseHeadTooLarge,
        TooLarge = ProxyError.ResponseHeadTooLarge,
        MalformedFirstLine = ProxyError.MalformedResponse,
    };

    private static ProxyError InResponse(ProxyError error) => error switch
    {
        ProxyError.None or ProxyError.ResponseHeadTooLarge => error,
        ProxyError.TooManyFields => ProxyError.ResponseTooManyFields,
        _ => ProxyError.MalformedResponse,
    };

    private static ProxyError ParseHead(
        ReadOnlySpan<byte> bytes, ResponseHead head, Method requestMethod, bool upgradeRequested, LimitSettings limits)
    {
        if (bytes.Length > limits.ResponseHead) return ProxyError.ResponseHeadTooLarge;
        var offset = head.Fields.AppendBytes(bytes).Offset;
        if (!TryParseStatusLine(bytes, head, offset, out var lineEnd)) return ProxyError.MalformedResponse;
        var error = FieldLineParser.Parse(bytes, lineEnd + 2, head.Fields, offset, limits.ResponseHead, limits.ResponseFieldCount);
        if (error != ProxyError.None) return error;
        head.ClosesConnection = ConnectionOptionsReader.Read(head.Fields).MeansClose(head.Version);
        return MessageFraming.OfResponse(head, requestMethod, upgradeRequested);
    }

    /// <summary><c>HTTP-version SP 3DIGIT [ SP [ reason-phrase ] ] CRLF</c> (RFC 9112 section 4).</summary>
    private static bool TryParseStatusLine(ReadOnlySpan<byte> bytes, ResponseHead head, int offset, out int lineEnd)
    {
        // The head ends in CRLF, so a control character is always found and one byte follows it.
        lineEnd = bytes.IndexOfAny(Http1Grammar.Control);
        if (lineEnd < StatusEnd || bytes[lineEnd] != Http1Grammar.Cr || bytes[lineEnd + 1] != Http1Grammar.Lf) return false;
        if (!bytes.StartsWith("HTTP/1."u8) || bytes[7] is not ((byte)'0' or (byte)'1') || bytes[8] != Http1Grammar.Sp) return false;
        head.Version = bytes[7] == '1' ? HttpVersion.Http11 : HttpVersion.Http10;
        if (!TryParseStatus(bytes[9..StatusEnd], out var status)) return false;
        head.Status = status;
        if (lineEnd == StatusEnd) return true;
        head.Reason = new ByteSlice(offset + StatusEnd + 1, lineEnd - StatusEnd - 1);
        return bytes[StatusEnd] == Http1Grammar.Sp;
    }

    private static bool TryParseStatus(ReadOnlySpan<byte> digits, out int status)
    {
        status = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit)) return false;
            status = status * 10 + (digit - '0');
        }

        return status >= 100;
    }
}
