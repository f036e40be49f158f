using Scp.Actors.BackendPools;
using Scp.Actors.Discovery;

namespace Scp.Host.Configuration;

/// <summary>Checks where a pool's members come from.</summary>
internal static class DiscoveryValidator
{
    private const int LongestName = 253; // RFC 1035 3.1: 255 octets on the wire
    private const int LongestLabel = 63;

    /// <param name="path">Of the pool.</param>
    /// <param name="pool">Its settings.</param>
    /// <param name="report">Takes the path and what is wrong there.</param>
    public static void Validate(string path, PoolSettings pool, Action<string, string> report)
    {
        var discovery = pool.Discovery;
        if (discovery.Member is not { Address: "", Name: "" })
            report($"{path}.discovery.member", "must have no address and no name: both are what DNS finds");
        if (discovery.Type == DiscoveryType.Off)
        {
            if (pool.Backends.Count == 0) report($"{path}.backends", "must not be empty, unless discovery finds some");
            if (discovery.Name.Length > 0) report($"{path}.discovery.type", "is off though there is a name: write dns or srv");
            return;
        }

        if (!IsName(discovery.Name))
            report($"{path}.discovery.name", $"'{discovery.Name}' is not a DNS name: write \"shop.internal\" or \"_http._tcp.shop.internal\"");
        if (discovery is { Type: DiscoveryType.Dns, Port: null }) report($"{path}.discovery.port", "must be given for dns");
        if (discovery is { Type: DiscoveryType.Srv, Port: not null }) report($"{path}.discovery.port", "is not for srv, whose records have ports");
        if (discovery.MinimumTtl > discovery.MaximumTtl) report($"{path}.discovery.minimum-ttl", "must not be longer than maximum-ttl");
        foreach (var resolver in discovery.Resolvers.Where(r => !ResolverAddress.TryParse(r, out _)))
            report(
                $"{path}.discovery.resolvers",
                $"'{resolver}' is not the address of a DNS server: write \"10.0.0.53\", \"10.0.0.53:5353\" or \"[fd00::53]:53\"");
    }

    /// <summary>Labels of letters, digits, "-" and "_"; the last one is no number, or it would be an address.</summary>
    private static bool IsName(string name)
    {
        var labels = name.TrimEnd('.').Split('.');
        return name.Length <= LongestName && labels.All(IsLabel) && !labels[^1].All(char.IsAsciiDigit);
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= LongestLabel && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
