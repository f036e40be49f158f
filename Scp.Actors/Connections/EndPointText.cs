using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Scp.Actors.Connections;

/// <summary>Addresses as people write them in the configuration.</summary>
public static class EndPointText
{
    /// <summary>What an address may look like, for messages.</summary>
    public const string Forms = "\"10.0.0.7:8080\", \"[::1]:8080\", \"name.example:8080\" or \"unix:/run/app.sock\"";

    /// <summary>
    /// Reads an address. <paramref name="forListening"/> allows "*" (all addresses, both families) and port 0, and no DNS names but localhost.
    /// </summary>
    public static bool TryParse(string text, bool forListening, out EndPoint endPoint)
    {
        endPoint = new IPEndPoint(IPAddress.None, 0);
        if (text.StartsWith("unix:", StringComparison.Ordinal)) return TryParseUnix(text["unix:".Length..], ref endPoint);
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return false;
        if (port == 0 && !forListening) return false;
        var host = text[..colon];
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            if (!IPAddress.TryParse(host[1..^1], out var v6) || v6.AddressFamily != AddressFamily.InterNetworkV6) return false;
            endPoint = new IPEndPoint(v6, port);
            return true;
        }

        if (host.Contains(':')) return false;
        if (host == "*" && forListening) endPoint = new IPEndPoint(IPAddress.IPv6Any, port);
        else if (host == "localhost") endPoint = new IPEndPoint(IPAddress.Loopback, port);
        else if (host.Count(c => c == '.') == 3 && IPAddress.TryParse(host, out var v4)) endPoint = new IPEndPoint(v4, port);
        else if (!forListening && Uri.CheckHostName(host) == UriHostNameType.Dns) endPoint = new DnsEndPoint(host, port);
        else return false;
        return true;
    }

    private static bool TryParseUnix(string path, ref EndPoint endPoint)
    {
        if (path.Length is 0 or > 100) return false; // sun_path holds 104 bytes on macOS, 108 on Linux
        endPoint = new UnixDomainSocketEndPoint(path);
        return true;
    }
}
