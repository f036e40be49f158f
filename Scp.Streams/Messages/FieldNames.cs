using System.Text;

namespace Scp.Streams.Messages;

/// <summary>The spelling of the known field names and their recognition from bytes.</summary>
public static class FieldNames
{
    private static readonly byte[][] Spellings = BuildSpellings();
    private static readonly KnownField[][] ByLength = BuildByLength();

    /// <summary>The registered spelling, e.g. "Content-Length".</summary>
    public static ReadOnlySpan<byte> Spell(KnownField known) => Spellings[(int)known];

    /// <summary>Which known field a name is, case-insensitively (RFC 9110 5.1); Unknown for any other.</summary>
    public static KnownField Recognise(ReadOnlySpan<byte> name)
    {
        if (name.Length >= ByLength.Length) return KnownField.Unknown;
        foreach (var candidate in ByLength[name.Length])
            if (Ascii.EqualsIgnoreCase(name, Spellings[(int)candidate])) return candidate;
        return KnownField.Unknown;
    }

    private static byte[][] BuildSpellings()
    {
        var spellings = new byte[Enum.GetValues<KnownField>().Length][];
        foreach (var known in Enum.GetValues<KnownField>()) spellings[(int)known] = Encoding.ASCII.GetBytes(SpellOut(known));
        return spellings;
    }

    private static KnownField[][] BuildByLength()
    {
        var longest = Spellings.Max(s => s.Length);
        return [.. Enumerable.Range(0, longest + 1).Select(length =>
            Enum.GetValues<KnownField>().Where(k => k != KnownField.Unknown && Spellings[(int)k].Length == length).ToArray())];
    }

    /// <summary>XForwardedFor becomes X-Forwarded-For; the exceptions are those the registry spells otherwise.</summary>
    private static string SpellOut(KnownField known) => known switch
    {
        KnownField.Unknown => "",
        KnownField.Te => "TE",
        KnownField.Http2Settings => "HTTP2-Settings",
        KnownField.XRealIp => "X-Real-IP",
        KnownField.XOriginalUrl => "X-Original-URL",
        KnownField.XRewriteUrl => "X-Rewrite-URL",
        KnownField.CdnLoop => "CDN-Loop",
        KnownField.TraceParent => "traceparent",
        KnownField.TraceState => "tracestate",
        KnownField.SecWebSocketKey => "Sec-WebSocket-Key",
        KnownField.SecWebSocketAccept => "Sec-WebSocket-Accept",
        _ => string.Concat(known.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? $"-{c}" : $"{c}")),
    };
}
