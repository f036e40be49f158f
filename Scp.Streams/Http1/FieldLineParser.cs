using Scp.Streams.Errors;
using Scp.Streams.Messages;

namespace Scp.Streams.Http1;

/// <summary>
/// Field lines (RFC 9112 section 5) of heads and trailers: <c>field-name ":" OWS field-value OWS CRLF</c>. No whitespace before the
/// colon (5.1), no line folding (5.2), no empty name. Bytes above 0x7F in values pass untouched.
/// </summary>
internal static class FieldLineParser
{
    /// <summary>
    /// Parses the lines from <paramref name="at"/> to the empty line that ends <paramref name="block"/>. The same bytes stand in the
    /// buffer of <paramref name="fields"/> from <paramref name="offset"/> on.
    /// </summary>
    public static ProxyError Parse(ReadOnlySpan<byte> block, int at, FieldSection fields, int offset, int maxLine, int maxCount)
    {
        var emptyLine = block.Length - 2;
        while (at < emptyLine)
        {
            var line = block[at..];
            var colon = line.IndexOfAnyExcept(Http1Grammar.Token);
            if (colon <= 0 || line[colon] != ':' || colon > ushort.MaxValue) return ProxyError.MalformedField;
            var value = colon + 1;
            while (Http1Grammar.IsOws(line[value])) value++;
            // The block ends in CRLF, so a control character is always found and one byte follows it.
            var lineEnd = value + line[value..].IndexOfAny(Http1Grammar.Control);
            if (line[lineEnd] != Http1Grammar.Cr || line[lineEnd + 1] != Http1Grammar.Lf) return ProxyError.MalformedField;
            if (lineEnd > maxLine) return ProxyError.RequestHeadTooLarge;
            if (fields.Count == maxCount) return ProxyError.TooManyFields;
            var valueEnd = lineEnd;
            while (valueEnd > value && Http1Grammar.IsOws(line[valueEnd - 1])) valueEnd--;
            fields.AddParsed(
                new ByteSlice(offset + at, colon),
                new ByteSlice(offset + at + value, valueEnd - value),
                FieldNames.Recognise(line[..colon]));
            at += lineEnd + 2;
        }

        return ProxyError.None;
    }
}
