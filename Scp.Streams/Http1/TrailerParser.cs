using Scp.Streams.Errors;
using Scp.Streams.Limits;
using Scp.Streams.Messages;

namespace Scp.Streams.Http1;

/// <summary>
/// Collects a trailer section that is not empty and parses it when it is complete (RFC 9112 7.1.2), as strictly as a head.
/// </summary>
internal struct TrailerParser
{
    private FieldSection? _fields;
    private int _scanned;

    /// <summary>Takes bytes up to the end of the section, never more.</summary>
    public ParseStatus Parse(ReadOnlySpan<byte> input, LimitSettings limits, out int consumed, out ProxyError error)
    {
        _fields ??= new FieldSection();
        consumed = 0;
        while (consumed < input.Length)
        {
            var lineFeed = input[consumed..].IndexOf(Http1Grammar.Lf);
            var length = lineFeed < 0 ? input.Length - consumed : lineFeed + 1;
            // A section that fills its limit without an end is over it: no need to hold more.
            length = Math.Min(length, limits.Trailers - _fields.Length);
            _fields.AppendBytes(input.Slice(consumed, length));
            consumed += length;
            var section = _fields.Bytes(new ByteSlice(0, _fields.Length));
            var complete = section.EndsWith(Http1Grammar.EndOfHead);
            error = Translate(HeadScanner.Check(section, ref _scanned, complete, LimitsOf(limits)));
            if (error != ProxyError.None) return ParseStatus.Rejected;
            if (complete) return ParseLines(section, limits, out error);
        }

        error = ProxyError.None;
        return ParseStatus.NeedMore;
    }

    public FieldSection? Take()
    {
        var fields = _fields;
        _fields = null;
        _scanned = 0;
        return fields;
    }

    public void Release() => Take()?.Release();

    private readonly ParseStatus ParseLines(ReadOnlySpan<byte> section, LimitSettings limits, out ProxyError error)
    {
        error = FieldLineParser.Parse(section, 0, _fields!, 0, limits.FieldLine, limits.FieldCount);
        if (error == ProxyError.None) error = TrailerRules.Apply(_fields!);
        error = Translate(error);
        return error == ProxyError.None ? ParseStatus.Done : ParseStatus.Rejected;
    }

    private static HeadLimits LimitsOf(LimitSettings limits) => new()
    {
        FirstLine = limits.FieldLine,
        Line = limits.FieldLine,
        Total = limits.Trailers,
        FirstLineTooLong = ProxyError.TrailersTooLarge,
        TooLarge = ProxyError.TrailersTooLarge,
        MalformedFirstLine = ProxyError.MalformedTrailers,
    };

    private static ProxyError Translate(ProxyError error) => error switch
    {
        ProxyError.MalformedField => ProxyError.MalformedTrailers,
        ProxyError.TooManyFields or ProxyError.RequestHeadTooLarge => ProxyError.TrailersTooLarge,
        _ => error,
    };
}
