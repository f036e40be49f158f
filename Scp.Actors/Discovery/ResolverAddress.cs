using System.Net;

namespace Scp.Actors.Discovery;

/// <summary>Addresses of DNS servers as people write them: "10.0.0.53", "10.0.0.53:5353", "::1" or "[::1]:5353".</summary>
public static class ResolverAddress
{
    private const int DnsPort = 53;

    public static bool TryParse(string text, out IPEndPoint endPoint)
    {
        endPoint = new IPEndPoint(IPAddress.None, DnsPort);
        if (IPAddress.TryParse(text, out var address) && !text.Contains('[')) endPoint = new IPEndPoint(address, DnsPort);
        else if (!IPEndPoint.TryParse(text, out endPoint!)) return false;
        return endPoint.Port is > 0 and <= ushort.MaxValue;
    }
}
