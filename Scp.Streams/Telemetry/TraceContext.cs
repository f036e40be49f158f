using System.Globalization;
using Scp.Streams.Messages;

namespace Scp.Streams.Telemetry;

/// <summary>
/// A traceparent (W3C Trace Context, section 3.2): <c>00-{trace-id: 32 hex}-{parent-id: 16 hex}-{flags: 2 hex}</c>, lower case.
/// </summary>
public readonly record struct TraceContext(ulong TraceIdHigh, ulong TraceIdLow, ulong ParentId, byte Flags)
{
    public const int Length = 55;

    private const byte Sampled = 1;

    /// <summary>A new trace out of random numbers; zero ids are invalid, so zeros are replaced.</summary>
    public static TraceContext Start(ulong high, ulong low, ulong parent) =>
        new(high, (high | low) == 0 ? 1 : low, parent == 0 ? 1 : parent, Sampled);

    /// <summary>
    /// Passes a valid traceparent on as it is. Without one, or with an invalid one, a new trace begins if traces are started here; what is
    /// invalid is removed together with its tracestate (section 4.3).
    /// </summary>
    public static void Apply(FieldSection fields, bool startsTraces, Random random)
    {
        var index = fields.IndexOf(KnownField.TraceParent);
        var isValid = index >= 0 && fields.IndexOf(KnownField.TraceParent, index + 1) < 0 && TryParse(fields.Value(index), out _);
        if (isValid) return;
        fields.Remove(KnownField.TraceParent);
        fields.Remove(KnownField.TraceState);
        if (!startsTraces) return;
        Span<byte> text = stackalloc byte[Length];
        Start(Next(random), Next(random), Next(random)).Format(text);
        fields.Add(KnownField.TraceParent, text);
    }

    /// <summary>A version above 00 may have more behind the flags; ff is invalid (section 3.2.2.1).</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out TraceContext context)
    {
        context = default;
        if (value.Length < Length || value[2] != '-' || value[35] != '-' || value[52] != '-') return false;
        if (!TryHex(value[..2], out var version) || version == 0xFF) return false;
        if (value.Length > Length && (version == 0 || value[Length] != '-')) return false;
        if (!TryHex(value[3..19], out var high) || !TryHex(value[19..35], out var low)) return false;
        if (!TryHex(value[36..52], out var parent) || !TryHex(value[53..55], out var flags)) return false;
        context = new TraceContext(high, low, parent, (byte)flags);
        return (high | low) != 0 && parent != 0;
    }

    /// <summary>Writes <see cref="Length"/> bytes.</summary>
    public void Format(Span<byte> target)
    {
        "00-"u8.CopyTo(target);
        TraceIdHigh.TryFormat(target[3..], out _, "x16", CultureInfo.InvariantCulture);
        TraceIdLow.TryFormat(target[19..], out _, "x16", CultureInfo.InvariantCulture);
        target[35] = (byte)'-';
        ParentId.TryFormat(target[36..], out _, "x16", CultureInfo.InvariantCulture);
        target[52] = (byte)'-';
        Flags.TryFormat(target[53..], out _, "x2", CultureInfo.InvariantCulture);
    }

    private static ulong Next(Random random) => (ulong)random.NextInt64(long.MinValue, long.MaxValue);

    private static bool TryHex(ReadOnlySpan<byte> digits, out ulong number)
    {
        number = 0;
        foreach (var b in digits)
        {
            if (!char.IsAsciiHexDigitLower((char)b)) return false;
            number = (number << 4) | (uint)(b <= '9' ? b - '0' : b - 'a' + 10);
        }

        return true;
    }
}
