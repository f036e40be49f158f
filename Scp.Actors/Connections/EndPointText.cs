using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Scp.Actors.Connections;

/// <summary>Addresses as people write them in the configuration.</summary>
public static class EndPointText
{
    /// <summary>What an address may look like, for messages.</summary>
    public const string Forms = "\"10.0.0.7:8080\", \"[::1]:8080\", \"name.example:8080\" or \"unix:/run/app.sock\"";

    /// <summary>
    /// Reads an address. <paramref name="forListening"/> allows "*" (all addresses, both families) and port 0, and no DNS names but
    /// localhost.
    /// </summary>
    public static bool TryParse(string text, bool forListening, out EndPoint endPoint)
    {
        endPoint = new IPEndPoint(IPAddress.None, 0);
        if (text.StartsWith("unix:", StringComparison.Ordinal)) return TryParseUnix(text["unix:".Length..], ref endPoint);
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return false;
        if (port == 0 && !forListening) return false;
        var host = text[..colon];
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            if (!TryParseV6(host.AsSpan(1, host.Length - 2), out var v6)) return false;
            endPoint = new IPEndPoint(v6, port);
            return true;
        }

        if (host == "*" && forListening) endPoint = new IPEndPoint(IPAddress.IPv6Any, port);
        else if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) endPoint = new IPEndPoint(IPAddress.Loopback, port);
        else if (TryParseV4(host, out var v4)) endPoint = new IPEndPoint(v4, port);
        else if (!forListening && IsName(host)) endPoint = new DnsEndPoint(host, port);
        else return false;
        return true;
    }

    /// <summary>Four decimal numbers: "010.0.0.1" would be octal to some programs, "10.1" a short form to others.</summary>
    internal static bool TryParseV4(ReadOnlySpan<char> text, out IPAddress address)
    {
        if (IPAddress.TryParse(text, out address!) && text.SequenceEqual(address.ToString()))
            return address.AddressFamily == AddressFamily.InterNetwork;
        address = IPAddress.None;
        return false;
    }

    /// <summary>Without brackets, prefix or port, which the framework's parser would ignore; a mapped address becomes IPv4.</summary>
    internal static bool TryParseV6(ReadOnlySpan<char> text, out IPAddress address)
    {
        address = IPAddress.IPv6None;
        if (text.ContainsAny('[', ']', '/') || !IPAddress.TryParse(text, out var parsed)
            || parsed.AddressFamily != AddressFamily.InterNetworkV6)
            return false;
        address = parsed.IsIPv4MappedToIPv6 ? parsed.MapToIPv4() : parsed;
        return true;
    }

    /// <summary>A DNS name; what ends in a number is a mistyped address.</summary>
    private static bool IsName(string host) =>
        Uri.CheckHostName(host) == UriHostNameType.Dns && host.AsSpan(host.LastIndexOf('.') + 1).ContainsAnyExceptInRange('0', '9');

    private static bool TryParseUnix(string path, ref EndPoint endPoint)
    {
        const int MaxPath = 100; // bytes: sun_path holds 104 on macOS, 108 on Linux and Windows
        if (path.Length == 0 || path.Contains('\0') || Encoding.UTF8.GetByteCount(path) > MaxPath || !Socket.OSSupportsUnixDomainSockets)
            return false;
        endPoint = new UnixDomainSocketEndPoint(path);
        return true;
    }
}
