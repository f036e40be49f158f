using System.Buffers;
using System.Text;

namespace Scp.Actors.Routing;

/// <summary>
/// Bytes of a URI (RFC 3986): what may stand in a path or a query as it is, and how the rest is escaped. What comes out never holds a
/// control character, a space, a backslash or a byte above 0x7E.
/// </summary>
internal static class UriText
{
    private static readonly SearchValues<byte> Unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"u8);

    /// <summary>pchar and "/" (RFC 3986 3.3), without "%".</summary>
    private static readonly SearchValues<byte> InPath =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/"u8);

    private static readonly SearchValues<byte> InQuery =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?"u8);

    /// <summary>A host and a port (RFC 3986 3.2.2); "@" is not among them.</summary>
    private static readonly SearchValues<byte> InAuthority =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:[]"u8);

    private static readonly SearchValues<byte> InUri =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?#[]"u8);

    public static void AppendPath(ref ByteBuilder to, ReadOnlySpan<byte> bytes) => Append(ref to, bytes, InPath);

    public static void AppendAuthority(ref ByteBuilder to, ReadOnlySpan<byte> bytes) => Append(ref to, bytes, InAuthority);

    public static void AppendQuery(ref ByteBuilder to, ReadOnlySpan<byte> bytes) => Append(ref to, bytes, InQuery);

    /// <summary>Text of the configuration as bytes of a URI; a "?" or "#" keeps its meaning.</summary>
    public static byte[] EncodeUri(string text) => Encode(text, InUri);

    /// <summary>
    /// A path of the configuration in the normal form in which paths of requests arrive: UTF-8, escapes in upper case, and nothing
    /// escaped that needs none (RFC 3986 6.2.2).
    /// </summary>
    public static byte[] EncodePath(string text) => Encode(text, InPath);

    private static byte[] Encode(string text, SearchValues<byte> allowed)
    {
        var builder = new ByteBuilder(stackalloc byte[256]);
        Append(ref builder, Encoding.UTF8.GetBytes(text), allowed);
        var encoded = builder.Written.ToArray();
        builder.Dispose();
        return encoded;
    }

    /// <summary>
    /// Makes the bytes, which begin with "/", a normalised path: it begins with one "/" only, and dot segments
    /// are taken out. They are not climbed: a capture must not leave the prefix that a rewrite put before it.
    /// </summary>
    public static void FinishPath(ref ByteBuilder path)
    {
        var bytes = path.Written;
        var rest = bytes.TrimStart((byte)'/');
        var written = 0;
        for (var isLast = false; !isLast;)
        {
            var slash = rest.IndexOf((byte)'/');
            isLast = slash < 0;
            var segment = isLast ? rest : rest[..slash];
            rest = isLast ? default : rest[(slash + 1)..];
            var isDots = IsDots(segment);
            if (!isLast && (isDots || (segment.IsEmpty && written == 0))) continue;
            bytes[written++] = (byte)'/';
            if (isDots) continue;
            segment.CopyTo(bytes[written..]);
            written += segment.Length;
        }

        path.Truncate(written);
    }

    public static bool IsHex(byte b) => char.IsAsciiHexDigit((char)b);

    public static byte FromHex(byte high, byte low) => (byte)((FromHex(high) << 4) | FromHex(low));

    private static int FromHex(byte b) => b <= '9' ? b - '0' : (b | 0x20) - 'a' + 10;

    /// <summary>
    /// "." and "..", also where some origin would see them: before ";", and beside a "%2F" or "%5C". The parser refuses such paths, but
    /// captures put side by side may make one. Escaped dots cannot occur: what is appended has none.
    /// </summary>
    private static bool IsDots(ReadOnlySpan<byte> segment)
    {
        while (true)
        {
            var divider = segment.IndexOf("%2F"u8) is var slash and >= 0 ? slash : segment.Length;
            if (segment.IndexOf("%5C"u8) is var backslash and >= 0) divider = Math.Min(divider, backslash);
            var piece = segment[..divider];
            if (piece.IndexOf((byte)';') is var parameters and >= 0) piece = piece[..parameters];
            if (piece is [(byte)'.'] or [(byte)'.', (byte)'.']) return true;
            if (divider == segment.Length) return false;
            segment = segment[(divider + 3)..];
        }
    }

    private static void Append(ref ByteBuilder to, ReadOnlySpan<byte> bytes, SearchValues<byte> allowed)
    {
        while (true)
        {
            var plain = bytes.IndexOfAnyExcept(allowed);
            to.Append(plain < 0 ? bytes : bytes[..plain]);
            if (plain < 0) return;
            bytes = bytes[plain..];
            var isEscape = bytes[0] == '%' && bytes.Length >= 3 && IsHex(bytes[1]) && IsHex(bytes[2]);
            AppendEscape(ref to, isEscape ? FromHex(bytes[1], bytes[2]) : bytes[0], mayStayPlain: isEscape);
            bytes = bytes[(isEscape ? 3 : 1)..];
        }
    }

    private static void AppendEscape(ref ByteBuilder to, byte b, bool mayStayPlain)
    {
        if (mayStayPlain && Unreserved.Contains(b))
        {
            to.Append(b);
            return;
        }

        to.Append((byte)'%');
        to.Append("0123456789ABCDEF"u8[b >> 4]);
        to.Append("0123456789ABCDEF"u8[b & 15]);
    }
}
