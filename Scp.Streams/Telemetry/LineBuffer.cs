using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Scp.Streams.Transport;

namespace Scp.Streams.Telemetry;

/// <summary>
/// Builds one log line as UTF-8 in a pooled buffer that grows. What comes from a peer goes through <see cref="Json"/> or
/// <see cref="Quoted"/>, so it can neither end its value nor its line, nor reach a terminal as a control sequence.
/// </summary>
internal ref struct LineBuffer
{
    /// <summary>Bytes of one value that are logged, the rest is cut: a hostile client must not fill the disk with one field.</summary>
    public const int LongestValue = 2048;

    private static readonly SearchValues<byte> JsonSafe = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x5F).Select(b => (byte)b).Where(b => b is not ((byte)'"' or (byte)'\\'))]);

    private IoBuffer _buffer;

    public LineBuffer(int capacity)
    {
        _buffer = BufferPool.Shared.Rent(capacity);
        Length = 0;
    }

    public int Length { get; private set; }

    /// <summary>The finished line; its reference goes to the caller.</summary>
    public readonly IoBuffer Buffer => _buffer;

    /// <summary>Appends bytes that need no escape.</summary>
    public void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    public void Raw(byte value)
    {
        Reserve(1)[0] = value;
        Length++;
    }

    public void Number(long value)
    {
        Utf8Formatter.TryFormat(value, Reserve(20), out var written);
        Length += written;
    }

    /// <summary>Appends a number with leading zeros.</summary>
    public void Digits(int value, int width)
    {
        var span = Reserve(width);
        for (var i = width - 1; i >= 0; i--, value /= 10) span[i] = (byte)('0' + value % 10);
        Length += width;
    }

    /// <summary>Appends thousandths as a decimal fraction: 1234 becomes 1.234.</summary>
    public void Thousandths(long value)
    {
        Number(value / 1000);
        Raw((byte)'.');
        Digits((int)(value % 1000), 3);
    }

    /// <summary>Appends a configured name, escaped for JSON.</summary>
    public void Json(string text)
    {
        Span<byte> utf8 = stackalloc byte[256];
        Json(Encoding.UTF8.TryGetBytes(text, utf8, out var written) ? utf8[..written] : Encoding.UTF8.GetBytes(text));
    }

    /// <summary>
    /// Appends the inside of a JSON string (RFC 8259 section 7). Bytes that are no UTF-8 are read as Latin-1; controls, line separators
    /// and invisible formatting (bidirectional overrides) are escaped even where JSON would allow them.
    /// </summary>
    public void Json(scoped ReadOnlySpan<byte> value)
    {
        if (value.Length > LongestValue) value = value[..LongestValue];
        while (!value.IsEmpty)
        {
            var safe = value.IndexOfAnyExcept(JsonSafe);
            if (safe < 0)
            {
                Raw(value);
                return;
            }

            Raw(value[..safe]);
            value = value[(safe + JsonEscape(value[safe..]))..];
        }
    }

    /// <summary>Appends a value between quotation marks the way nginx does: anything but printable ASCII becomes \xHH.</summary>
    public void Quoted(scoped ReadOnlySpan<byte> value)
    {
        if (value.Length > LongestValue) value = value[..LongestValue];
        while (!value.IsEmpty)
        {
            var safe = value.IndexOfAnyExcept(JsonSafe);
            if (safe < 0)
            {
                Raw(value);
                return;
            }

            Raw(value[..safe]);
            Raw("\\x"u8);
            Hex(value[safe]);
            value = value[(safe + 1)..];
        }
    }

    /// <summary>Appends a peer's value with the escapes of the format.</summary>
    public void Value(scoped ReadOnlySpan<byte> value, AccessLogFormat format)
    {
        if (format == AccessLogFormat.Json) Json(value);
        else Quoted(value);
    }

    /// <summary>Gives the buffer back when the line is not wanted.</summary>
    public readonly void Release() => _buffer.Release();

    private int JsonEscape(scoped ReadOnlySpan<byte> value)
    {
        var first = value[0];
        if (first is (byte)'"' or (byte)'\\')
        {
            Raw((byte)'\\');
            Raw(first);
            return 1;
        }

        if (Rune.DecodeFromUtf8(value, out var rune, out var used) != OperationStatus.Done)
        {
            EscapeUnit(first);
            return 1;
        }

        if (IsVisible(rune))
        {
            Raw(value[..used]);
            return used;
        }

        Span<char> units = stackalloc char[2];
        var count = rune.EncodeToUtf16(units);
        for (var i = 0; i < count; i++) EscapeUnit(units[i]);
        return used;
    }

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned);

    private void EscapeUnit(int unit)
    {
        Raw("\\u"u8);
        Hex((byte)(unit >> 8));
        Hex((byte)unit);
    }

    private void Hex(byte value)
    {
        var span = Reserve(2);
        span[0] = "0123456789ABCDEF"u8[value >> 4];
        span[1] = "0123456789ABCDEF"u8[value & 15];
        Length += 2;
    }

    private Span<byte> Reserve(int more)
    {
        if (Length + more > _buffer.Capacity)
        {
            var larger = BufferPool.Shared.Rent(Math.Max(Length + more, _buffer.Capacity * 2));
            _buffer.Span[..Length].CopyTo(larger.Span);
            _buffer.Release();
            _buffer = larger;
        }

        return _buffer.Span.Slice(Length, more);
    }
}
