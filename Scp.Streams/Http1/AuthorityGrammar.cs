using System.Net;

namespace Scp.Streams.Http1;

/// <summary>
/// <c>uri-host [ ":" port ]</c> as in Host and in request targets (RFC 9110 7.2, RFC 3986 3.2). Narrower than the RFC: no userinfo, no
/// percent-encoding, no sub-delims, no empty label, no empty port, no IPvFuture, no zone identifier.
/// </summary>
internal static class AuthorityGrammar
{
    /// <param name="text">The authority.</param>
    /// <param name="hostLength">Length of the host, which stands at the start; with its brackets when it is an IPv6 literal.</param>
    /// <param name="port">The port, or 0 when there is none.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out int hostLength, out ushort port)
    {
        port = 0;
        hostLength = 0;
        if (text.IsEmpty) return false;
        if (text[0] == '[') hostLength = Ipv6Length(text);
        else hostLength = NameLength(text);
        if (hostLength == 0) return false;
        var rest = text[hostLength..];
        return rest.IsEmpty || (rest[0] == ':' && TryParsePort(rest[1..], out port));
    }

    private static int NameLength(ReadOnlySpan<byte> text)
    {
        var length = text.IndexOfAnyExcept(Http1Grammar.HostName);
        if (length < 0) length = text.Length;
        var name = text[..length];
        // A trailing dot is a fully qualified name; an empty label is a name that resolvers and routers read differently.
        return name.IsEmpty || name[0] == '.' || name.IndexOf(".."u8) >= 0 ? 0 : length;
    }

    private static int Ipv6Length(ReadOnlySpan<byte> text)
    {
        var close = text.IndexOf((byte)']');
        if (close < 0) return 0;
        var address = text[1..close];
        if (address.ContainsAnyExcept(Http1Grammar.Ipv6) || !address.Contains((byte)':')) return 0;
        return IPAddress.IsValidUtf8(address) ? close + 1 : 0;
    }

    private static bool TryParsePort(ReadOnlySpan<byte> digits, out ushort port)
    {
        port = 0;
        if (digits.IsEmpty || digits.Length > 5) return false;
        var value = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit)) return false;
            value = value * 10 + (digit - '0');
        }

        port = (ushort)value;
        return value <= ushort.MaxValue;
    }
}
