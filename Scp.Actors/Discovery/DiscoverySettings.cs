using Scp.Actors.BackendPools;
using Scp.Streams.Settings;

namespace Scp.Actors.Discovery;

/// <summary>Which records name the members of a pool.</summary>
public enum DiscoveryType : byte
{
    /// <summary>Only those that the configuration lists.</summary>
    Off,

    /// <summary>Address records (A, AAAA) of a name; the port is configured.</summary>
    Dns,

    /// <summary>SRV records (RFC 2782): target, port, priority and weight.</summary>
    Srv,
}

/// <summary>Which addresses are taken.</summary>
public enum AddressFamilies : byte
{
    Any,
    Ipv4,
    Ipv6,
}

/// <summary>Members that DNS names (scp.pools.*.discovery). Defaults and reasons are in reference.conf.</summary>
public sealed record DiscoverySettings
{
    public required DiscoveryType Type { get; init; }

    /// <summary>A whole name: search domains are not tried.</summary>
    public required string Name { get; init; }

    /// <summary>For address records; SRV records bring theirs.</summary>
    [InRange(1, 65535)]
    public required int? Port { get; init; }

    public required AddressFamilies Family { get; init; }

    [InRange("100ms", "1d")]
    public required TimeSpan MinimumTtl { get; init; }

    [InRange("100ms", "7d")]
    public required TimeSpan MaximumTtl { get; init; }

    /// <summary>For one resolution with all its questions. A start and a reload wait for the first one.</summary>
    [InRange("10ms", "5s")]
    public required TimeSpan Timeout { get; init; }

    [InRange(1, 10000)]
    public required int MaximumMembers { get; init; }

    /// <summary>Addresses, port 53 when none is given; empty are those of the system.</summary>
    public required IReadOnlyList<string> Resolvers { get; init; }

    /// <summary>What the members are beside their address: their name stays empty. SRV records say weight and priority themselves.</summary>
    public required BackendSettings Member { get; init; }

    /// <summary>Lists are compared by what is in them: a reload that asks for the same must not resolve anew.</summary>
    public bool IsSameAs(DiscoverySettings other) =>
        this with { Resolvers = other.Resolvers, Member = other.Member } == other && Resolvers.SequenceEqual(other.Resolvers);
}
