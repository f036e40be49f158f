using System.Buffers;

namespace Scp.Streams.Http1;

/// <summary>The character classes of RFC 9110 and 9112 as vectorised sets.</summary>
internal static class Http1Grammar
{
    public const byte Cr = (byte)'\r';
    public const byte Lf = (byte)'\n';
    public const byte Sp = (byte)' ';
    public const byte Tab = (byte)'\t';

    /// <summary>tchar (RFC 9110 5.6.2): methods and field names.</summary>
    public static readonly SearchValues<byte> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Every control character but HTAB: none of them may stand in a field value (RFC 9110 5.5).</summary>
    public static readonly SearchValues<byte> Control =
        SearchValues.Create([.. Enumerable.Range(0, 32).Where(c => c != '\t').Select(c => (byte)c), (byte)0x7F]);

    /// <summary>
    /// What a request target may consist of: every visible ASCII character but "#". That is more than RFC 3986 allows, because browsers
    /// send | ^ ` { } [ ] " and the like in queries and origins rely on it; they are forwarded as they came. Space, control
    /// characters and bytes above 0x7F are what request smuggling is made of and are refused.
    /// </summary>
    public static readonly SearchValues<byte> Target =
        SearchValues.Create([.. Enumerable.Range(0x21, 0x7F - 0x21).Where(c => c != '#').Select(c => (byte)c)]);

    /// <summary>
    /// Characters of a registered name that we serve: letters, digits, "-", "." and "_". RFC 3986 also allows percent-encoding and
    /// sub-delims such as ","; no host that exists has them, and a comma is how two Host values hide in one.
    /// </summary>
    public static readonly SearchValues<byte> HostName =
        SearchValues.Create("-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Inside the brackets of an IPv6 literal; a zone identifier is refused.</summary>
    public static readonly SearchValues<byte> Ipv6 = SearchValues.Create(":.0123456789ABCDEFabcdef"u8);

    public static ReadOnlySpan<byte> EndOfHead => "\r\n\r\n"u8;

    public static bool IsOws(byte value) => value is Sp or Tab;

    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(Token);

    public static ReadOnlySpan<byte> TrimOws(ReadOnlySpan<byte> text) => text.Trim(" \t"u8);

    /// <summary>The value of a hexadecimal digit, or -1.</summary>
    public static int HexValue(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        _ => -1,
    };

    /// <summary>unreserved (RFC 3986 2.3).</summary>
    public static bool IsUnreserved(int value) =>
        value < 0x80 && (char.IsAsciiLetterOrDigit((char)value) || value is '-' or '.' or '_' or '~');
}
