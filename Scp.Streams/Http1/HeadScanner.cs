using Scp.Streams.Errors;

namespace Scp.Streams.Http1;

/// <summary>Limits of a block of lines and what is said when one is exceeded.</summary>
internal readonly struct HeadLimits
{
    public required int FirstLine { get; init; }

    public required int Line { get; init; }

    /// <summary>All lines with their line ends and the empty line.</summary>
    public required int Total { get; init; }

    public required ProxyError FirstLineTooLong { get; init; }

    public required ProxyError TooLarge { get; init; }

    /// <summary>A control character in the first line.</summary>
    public required ProxyError MalformedFirstLine { get; init; }
}

/// <summary>
/// The rules that every byte of a head obeys wherever it stands: lines end in CRLF, no other control character, no line and no head
/// over its limit. They are checked on whatever has arrived, so that a hostile head is refused before it is complete.
/// </summary>
/// <remarks>
/// The first offence in byte order decides the error, so the verdict does not depend on how the bytes were cut into packets.
/// </remarks>
internal static class HeadScanner
{
    /// <summary>
    /// Checks a head from <paramref name="scanned"/> on and moves <paramref name="scanned"/> past what need not be seen again.
    /// <paramref name="input"/> ends where the head ends, when <paramref name="complete"/>, or with the last byte that arrived.
    /// </summary>
    public static ProxyError Check(ReadOnlySpan<byte> input, ref int scanned, bool complete, in HeadLimits limits)
    {
        var available = Math.Min(input.Length, limits.Total);
        var region = input[..available];
        var at = Math.Min(scanned, available);
        var lineStart = region[..at].LastIndexOf(Http1Grammar.Lf) + 1;
        while (true)
        {
            var hit = region[at..].IndexOfAny(Http1Grammar.Control);
            at = hit < 0 ? available : at + hit;
            if (at - lineStart > (lineStart == 0 ? limits.FirstLine : limits.Line))
                return lineStart == 0 ? limits.FirstLineTooLong : limits.TooLarge;
            if (hit < 0 || (region[at] == Http1Grammar.Cr && at + 1 == available)) break;
            var offence = LineEnd(region, at, lineStart, limits);
            if (offence != ProxyError.None) return offence;
            at = lineStart = at + 2;
        }

        scanned = at;
        var exceeded = complete ? input.Length > limits.Total : input.Length >= limits.Total;
        return exceeded ? limits.TooLarge : ProxyError.None;
    }

    private static ProxyError LineEnd(ReadOnlySpan<byte> region, int at, int lineStart, in HeadLimits limits) => region[at] switch
    {
        Http1Grammar.Cr when region[at + 1] != Http1Grammar.Lf => ProxyError.BareCarriageReturn,
        Http1Grammar.Cr => at == 0 ? limits.MalformedFirstLine : ProxyError.None,
        Http1Grammar.Lf => ProxyError.BareLineFeed,
        _ => lineStart == 0 ? limits.MalformedFirstLine : ProxyError.MalformedField,
    };
}
