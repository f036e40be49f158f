using Scp.Actors.Discovery;
using Scp.Actors.Health;
using Scp.Actors.LoadBalancing;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;
using Scp.Streams.Dispatch.Overload;
using Scp.Streams.Settings;

namespace Scp.Actors.BackendPools;

/// <summary>One pool of backends (scp.pools.*). Defaults and reasons are in reference.conf.</summary>
public sealed record PoolSettings
{
    /// <summary>May be empty when there is discovery.</summary>
    [Template("scp.defaults.backend")]
    public required IReadOnlyList<BackendSettings> Backends { get; init; }

    /// <summary>Name of a policy.</summary>
    [OneOf(
        PowerOfTwoPolicy.PolicyName, LeastRequestsPolicy.PolicyName, PeakEwmaPolicy.PolicyName, RoundRobinPolicy.PolicyName,
        WeightedRoundRobinPolicy.PolicyName, RandomPolicy.PolicyName, RingHashPolicy.PolicyName, MaglevPolicy.PolicyName)]
    public required string LoadBalancing { get; init; }

    public required HashSettings Hash { get; init; }

    public required DiscoverySettings Discovery { get; init; }

    public required UpstreamSettings Connections { get; init; }

    public required RetrySettings Retries { get; init; }

    /// <summary>Outcomes of attempts that count against a backend: for outlier detection and circuits.</summary>
    public required IReadOnlyList<AttemptOutcome> Failures { get; init; }

    public required HealthCheckSettings HealthCheck { get; init; }

    public required OutlierSettings Outlier { get; init; }

    public required PoolCircuitSettings Circuit { get; init; }

    public required PoolLimitSettings Limits { get; init; }

    public required QueueSettings Queue { get; init; }

    public required AdaptiveConcurrencySettings AdaptiveConcurrency { get; init; }

    public required TierSettings Tiers { get; init; }

    public required SlowStartSettings SlowStart { get; init; }

    public required AffinitySettings Affinity { get; init; }
}

/// <summary>One backend of a pool.</summary>
public sealed record BackendSettings
{
    /// <summary>"10.0.0.7:8080", "[fd00::7]:8080", "origin.example:8080" or "unix:/run/app.sock".</summary>
    public required string Address { get; init; }

    /// <summary>Name in logs and metrics; empty takes the address.</summary>
    public required string Name { get; init; }

    /// <summary>What it is called within its pool.</summary>
    public string MemberName => Name.Length > 0 ? Name : Address;

    /// <summary>Share of the traffic relative to the others; 0 gets none.</summary>
    [InRange(0, 1000)]
    public required int Weight { get; init; }

    /// <summary>Requests at once at this backend; null is what the pool's limits say.</summary>
    [InRange(1, 10000000)]
    public required int? MaxRequests { get; init; }

    /// <summary>The tier: 0 is used first, higher ones are backups.</summary>
    [InRange(0, 100)]
    public required int Priority { get; init; }

    /// <summary>What routes may ask for in their subset.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
}
