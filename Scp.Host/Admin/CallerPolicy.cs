using System.Net;
using Microsoft.AspNetCore.Http;

namespace Scp.Host.Admin;

/// <summary>
/// Who may change or read the proxy's inside: a program on this machine that talks to the admin endpoint itself. Not a web page in a
/// browser on this machine (it sends Origin or Sec-Fetch-Site), not a name that was rebound to 127.0.0.1 (Host gives it away), not a
/// request that came through a proxy, this one included.
/// </summary>
internal static class CallerPolicy
{
    private static readonly string[] ForwardingFields = ["Via", "Forwarded", "X-Forwarded-For"];

    /// <summary>Why the caller is refused, or null when it may.</summary>
    public static string? Refusal(HttpContext context)
    {
        var fields = context.Request.Headers;
        if (context.Connection.RemoteIpAddress is not { } remote || !IPAddress.IsLoopback(Mapped(remote)))
            return "This call is for programs on the same machine.";
        if (!IsOwnName(context.Request.Host.Host, context.Connection.LocalIpAddress))
            return "Host must be localhost or the address that the admin endpoint is bound to.";
        if (fields.Origin.Count > 0 || fields["Sec-Fetch-Site"] is { Count: > 0 } site && site != "none")
            return "This call is not for web pages.";
        return ForwardingFields.Any(fields.ContainsKey) ? "This call must not come through a proxy." : null;
    }

    private static bool IsOwnName(string host, IPAddress? local)
    {
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return true;
        return IPAddress.TryParse(host, out var address)
            && (IPAddress.IsLoopback(address) || (local is not null && address.Equals(Mapped(local))));
    }

    private static IPAddress Mapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
