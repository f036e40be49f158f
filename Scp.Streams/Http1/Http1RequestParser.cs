using System.Buffers.Binary;
using Scp.Streams.Errors;
using Scp.Streams.Limits;
using Scp.Streams.Messages;

namespace Scp.Streams.Http1;

/// <summary>
/// Request heads (RFC 9112 sections 2 to 6), strictly: whatever another parser might read differently is refused. Pure; makes no
/// garbage; hostile input ends in a <see cref="ProxyError"/>, never in an exception.
/// </summary>
/// <remarks>
/// 1. Find the empty line. Not there yet: check what has arrived for offences that no later byte can heal.
/// 2. Copy the head once into its <see cref="FieldSection"/>; every slice points there.
/// 3. Request line, field lines, then what they mean together: target and host, framing, connection options.
/// A refused head may be partly filled (for the log); it is released like any other.
/// </remarks>
public static class Http1RequestParser
{
    /// <summary>"HTTP/1.1" and "HTTP/1.0" as little-endian words.</summary>
    private static readonly ulong Http11Word = BinaryPrimitives.ReadUInt64LittleEndian("HTTP/1.1"u8);
    private static readonly ulong Http10Word = BinaryPrimitives.ReadUInt64LittleEndian("HTTP/1.0"u8);

    /// <summary>Parses the head at the start of <paramref name="input"/>.</summary>
    /// <param name="input">All bytes since the last message, from its first one on.</param>
    /// <param name="head">An empty head; filled.</param>
    /// <param name="limits">The limits that apply.</param>
    /// <param name="scanned">0 for a new head, then what the last call left: bytes that need not be looked at again.</param>
    /// <param name="consumed">Bytes of the head when Done, else 0.</param>
    /// <param name="error">Why, when Rejected.</param>
    public static ParseStatus Parse(
        ReadOnlySpan<byte> input, RequestHead head, LimitSettings limits, ref int scanned, out int consumed, out ProxyError error)
    {
        consumed = 0;
        if (!SkipEmptyLine(input, out var start, out error))
            return error == ProxyError.None ? ParseStatus.NeedMore : ParseStatus.Rejected;

        var fresh = input[start..];
        var from = Math.Clamp(scanned - 3, 0, fresh.Length);
        var end = fresh[from..].IndexOf(Http1Grammar.EndOfHead);
        if (end < 0)
        {
            error = HeadScanner.Check(fresh, ref scanned, complete: false, LimitsOf(limits));
            return error == ProxyError.None ? ParseStatus.NeedMore : ParseStatus.Rejected;
        }

        var bytes = fresh[..(from + end + Http1Grammar.EndOfHead.Length)];
        error = ParseHead(bytes, head, limits);
        if (error != ProxyError.None)
        {
            var first = 0;
            var offence = HeadScanner.Check(bytes, ref first, complete: true, LimitsOf(limits));
            if (offence != ProxyError.None) error = offence;
            return ParseStatus.Rejected;
        }

        consumed = start + bytes.Length;
        scanned = 0;
        return ParseStatus.Done;
    }

    /// <summary>One empty line before the request line is tolerated (RFC 9112 2.2): old clients end a POST with one. Not two.</summary>
    private static bool SkipEmptyLine(ReadOnlySpan<byte> input, out int start, out ProxyError error)
    {
        start = 0;
        error = ProxyError.None;
        if (input.IsEmpty) return false;
        if (input[0] != Http1Grammar.Cr) return true;
        if (input.Length == 1) return false;
        if (input[1] != Http1Grammar.Lf) error = ProxyError.BareCarriageReturn;
        start = 2;
        return error == ProxyError.None;
    }

    private static HeadLimits LimitsOf(LimitSettings limits) => new()
    {
        FirstLine = limits.RequestLine,
        Line = limits.FieldLine,
        Total = limits.RequestHead,
        FirstLineTooLong = ProxyError.UriTooLong,
        TooLarge = ProxyError.RequestHeadTooLarge,
        MalformedFirstLine = ProxyError.MalformedRequestLine,
    };

    private static ProxyError ParseHead(ReadOnlySpan<byte> bytes, RequestHead head, LimitSettings limits)
    {
        if (bytes.Length > limits.RequestHead) return ProxyError.RequestHeadTooLarge;
        var offset = head.Fields.AppendBytes(bytes).Offset;
        var error = ParseRequestLine(bytes, head, offset, out var target, out var lineEnd);
        if (error != ProxyError.None) return error;
        if (lineEnd > limits.RequestLine) return ProxyError.UriTooLong;
        error = FieldLineParser.Parse(bytes, lineEnd + 2, head.Fields, offset, limits.FieldLine, limits.FieldCount);
        if (error != ProxyError.None) return error;
        error = RequestTargetParser.Parse(head, target, head.Target.Raw.Offset);
        if (error != ProxyError.None) return error;
        error = MessageFraming.OfRequest(head);
        return error != ProxyError.None ? error : RequestOptions.Read(head);
    }

    /// <summary><c>method SP request-target SP HTTP-version CRLF</c> with exactly one space between (RFC 9112 section 3).</summary>
    private static ProxyError ParseRequestLine(
        ReadOnlySpan<byte> bytes, RequestHead head, int offset, out ReadOnlySpan<byte> target, out int lineEnd)
    {
        target = default;
        lineEnd = 0;
        var space = bytes.IndexOf(Http1Grammar.Sp);
        if (space <= 0) return ProxyError.MalformedRequestLine;
        var method = bytes[..space];
        head.Method = MethodTraits.Parse(method);
        if (head.Method == Method.Other && !Http1Grammar.IsToken(method)) return ProxyError.MalformedRequestLine;
        head.MethodToken = new ByteSlice(offset, space);

        var rest = bytes[(space + 1)..];
        // The line ends in CRLF, which is not a target character: something is always found.
        var length = rest.IndexOfAnyExcept(Http1Grammar.Target);
        if (rest[length] != Http1Grammar.Sp)
            return rest[length] == Http1Grammar.Cr ? ProxyError.MalformedRequestLine : ProxyError.MalformedTarget;
        if (length == 0) return ProxyError.MalformedRequestLine;
        target = rest[..length];
        head.Target.Raw = new ByteSlice(offset + space + 1, length);

        lineEnd = space + 1 + length + 1 + 8;
        return ParseVersion(rest[(length + 1)..], head);
    }

    private static ProxyError ParseVersion(ReadOnlySpan<byte> rest, RequestHead head)
    {
        if (rest.Length < 10 || rest[8] != Http1Grammar.Cr || rest[9] != Http1Grammar.Lf) return ProxyError.MalformedRequestLine;
        var word = BinaryPrimitives.ReadUInt64LittleEndian(rest);
        if (word == Http11Word) head.Version = HttpVersion.Http11;
        else if (word == Http10Word) head.Version = HttpVersion.Http10;
        else return IsVersion(rest) ? ProxyError.UnsupportedVersion : ProxyError.MalformedRequestLine;
        return ProxyError.None;
    }

    /// <summary>
    /// Another well-formed version, HTTP/2.0 of a client preface among them. Higher minor versions of 1 do not exist and are not
    /// guessed at.
    /// </summary>
    private static bool IsVersion(ReadOnlySpan<byte> text) =>
        text.StartsWith("HTTP/"u8) && char.IsAsciiDigit((char)text[5]) && text[6] == '.' && char.IsAsciiDigit((char)text[7]);
}
