using System.Net;
using System.Net.Sockets;
using DnsClient.Protocol;

namespace Scp.Actors.Discovery;

/// <summary>The addresses of one name.</summary>
/// <param name="Addresses">Those a connection can be made to.</param>
/// <param name="TimeToLive">The shortest of their records.</param>
/// <param name="Reason">Why there are none.</param>
/// <param name="IsDecided">False when no server could tell.</param>
internal sealed record FoundAddresses(IReadOnlyList<IPAddress> Addresses, TimeSpan TimeToLive, string Reason, bool IsDecided = true)
{
    public static readonly Task<FoundAddresses> NotAsked = Task.FromResult(new FoundAddresses([], TimeSpan.MaxValue, ""));

    public static FoundAddresses Of(IEnumerable<AddressRecord> records, TimeSpan timeToLive) =>
        new([.. records.Select(r => Plain(r.Address)).Where(IsHost)], timeToLive, "");

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>
    /// Not the unspecified address, which connects to this machine and is what blocking resolvers answer, and none of a group.
    /// </summary>
    private static bool IsHost(IPAddress address)
    {
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || address.IsIPv6Multicast) return false;
        return address.AddressFamily != AddressFamily.InterNetwork || address.GetAddressBytes()[0] < 224;
    }
}
