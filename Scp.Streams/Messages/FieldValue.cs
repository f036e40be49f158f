namespace Scp.Streams.Messages;

/// <summary>The grammar that field values share (RFC 9110 5.6).</summary>
public static class FieldValue
{
    /// <summary>Without optional whitespace around it (RFC 9110 5.6.3).</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value) => value.Trim(" \t"u8);

    /// <summary>tchar (RFC 9110 5.6.2).</summary>
    public static bool IsTokenByte(byte b) =>
        char.IsAsciiLetterOrDigit((char)b) || "!#$%&'*+-.^_`|~"u8.Contains(b);

    public static bool IsToken(ReadOnlySpan<byte> value)
    {
        foreach (var b in value)
            if (!IsTokenByte(b)) return false;
        return !value.IsEmpty;
    }

    /// <summary>No control character but tab, no whitespace at the ends (RFC 9110 5.5).</summary>
    public static bool IsFieldValue(ReadOnlySpan<byte> value)
    {
        foreach (var b in value)
            if (b is < 0x20 and not (byte)'\t' or 0x7F) return false;
        return Trim(value).Length == value.Length;
    }
}
