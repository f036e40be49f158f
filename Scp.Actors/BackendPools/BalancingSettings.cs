using Scp.Streams.Balancing;
using Scp.Streams.Settings;

namespace Scp.Actors.BackendPools;

/// <summary>How the tiers of a pool share the traffic (scp.pools.*.tiers).</summary>
public sealed record TierSettings
{
    /// <summary>Share of available backends below which a tier panics; 0 % is never.</summary>
    [Percent]
    public required double PanicThreshold { get; init; }

    public required PanicMode Panic { get; init; }

    /// <summary>A tier takes all traffic while its share of available backends, times this, is 1 or more.</summary>
    [InRange(1.0, 100.0)]
    public required double Overprovisioning { get; init; }
}

/// <summary>How the traffic of a backend that came back rises (scp.pools.*.slow-start).</summary>
public sealed record SlowStartSettings
{
    [AllowOff, InRange("1s", "1h")]
    public required TimeSpan Window { get; init; }

    /// <summary>The share that it begins with.</summary>
    [Percent, InRange("1%", "100%")]
    public required double Minimum { get; init; }
}

/// <summary>Makes rules of settings. Pure.</summary>
public static class BalancingSettings
{
    /// <summary>The rules of a pool; an affinity that did not change is kept, and with it what it has signed.</summary>
    public static BalancingRules RulesOf(string pool, PoolSettings settings, BalancingRules? previous = null) => new(
        new TierRules(settings.Tiers.PanicThreshold, settings.Tiers.Panic, settings.Tiers.Overprovisioning),
        settings.SlowStart.Window > TimeSpan.Zero ? new SlowStart(settings.SlowStart.Window, settings.SlowStart.Minimum) : SlowStart.Off,
        settings.Affinity is { Mode: not AffinityMode.Off, WhenGone: LostSession.Fail })
    {
        HashKey = new HashKey(settings.Hash.Key, settings.Hash.Name),
        Affinity = settings.Affinity.Mode == AffinityMode.Off ? null
            : previous?.Affinity is { } kept && kept.Settings == settings.Affinity ? kept
            : new SessionAffinity(pool, settings.Affinity),
    };
}
