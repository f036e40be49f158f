using Scp.Streams.Settings;

namespace Scp.Streams.Dispatch;

/// <summary>Which PROXY protocol header starts an upstream connection.</summary>
public enum ProxyProtocolVersion
{
    Off,
    V1,
    V2,
}

/// <summary>Connections from the proxy to the backends of a pool (scp.pools.*.connections).</summary>
public sealed record UpstreamSettings
{
    /// <summary>TCP connect. Over it: the next backend, or 504.</summary>
    [InRange("1ms", "1h")]
    public required TimeSpan ConnectTimeout { get; init; }

    /// <summary>An idle connection older than this is closed; keep it shorter than the origin's keep-alive.</summary>
    [InRange("1ms", "1d")]
    public required TimeSpan IdleTimeout { get; init; }

    /// <summary>Idle connections kept for each backend.</summary>
    [InRange(0, 100000)]
    public required int MaxIdle { get; init; }

    /// <summary>PROXY protocol header to send first; connections are then not shared between clients.</summary>
    public required ProxyProtocolVersion SendProxyProtocol { get; init; }
}
