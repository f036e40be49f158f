using Scp.Streams.Settings;

namespace Scp.Actors.Connections;

/// <summary>Whether connections begin with a PROXY protocol header.</summary>
public enum ProxyProtocolAcceptance
{
    /// <summary>Never: the bytes would be refused as HTTP.</summary>
    Off,

    /// <summary>From the addresses in proxy-protocol-from always, from others never.</summary>
    Required,
}

/// <summary>One listener (scp.listeners.*). Defaults and reasons are in reference.conf.</summary>
public sealed record ListenerSettings
{
    /// <summary>"127.0.0.1:8080", "[::]:8080", "*:8080" or "unix:/run/scp.sock".</summary>
    public required string Bind { get; init; }

    /// <summary>Connections that the kernel holds before they are accepted.</summary>
    [InRange(1, 65535)]
    public required int Backlog { get; init; }

    /// <summary>SO_REUSEPORT: several processes share the port, the kernel spreads connections. Linux only.</summary>
    public required bool ReusePort { get; init; }

    /// <summary>Open client connections; more wait in the backlog.</summary>
    [InRange(1, 10_000_000)]
    public required int MaxConnections { get; init; }

    public required ProxyProtocolAcceptance ProxyProtocol { get; init; }

    /// <summary>Networks whose PROXY headers are believed, e.g. "10.0.0.0/8".</summary>
    public required IReadOnlyList<string> ProxyProtocolFrom { get; init; }

    /// <summary>Networks whose forwarding fields (X-Forwarded-*, Forwarded) are believed.</summary>
    public required IReadOnlyList<string> TrustedProxies { get; init; }
}
