using Scp.Streams.Dispatch;
using Scp.Streams.Settings;

namespace Scp.Actors.BackendPools;

/// <summary>One pool of backends (scp.pools.*). Defaults and reasons are in reference.conf.</summary>
public sealed record PoolSettings
{
    [NotEmpty]
    [Template("scp.defaults.backend")]
    public required IReadOnlyList<BackendSettings> Backends { get; init; }

    /// <summary>Name of a policy.</summary>
    [OneOf("round-robin")]
    public required string LoadBalancing { get; init; }

    public required UpstreamSettings Connections { get; init; }

    public required RetrySettings Retries { get; init; }
}

/// <summary>One backend of a pool.</summary>
public sealed record BackendSettings
{
    /// <summary>"10.0.0.7:8080", "[fd00::7]:8080", "origin.example:8080" or "unix:/run/app.sock".</summary>
    public required string Address { get; init; }

    /// <summary>Name in logs and metrics; empty takes the address.</summary>
    public required string Name { get; init; }
}
