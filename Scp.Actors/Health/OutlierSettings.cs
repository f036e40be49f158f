using Scp.Streams.Settings;

namespace Scp.Actors.Health;

/// <summary>
/// Ejection of backends that do worse than the others (scp.pools.*.outlier). Defaults and reasons are in reference.conf.
/// </summary>
public sealed record OutlierSettings
{
    public required bool Enabled { get; init; }

    /// <summary>Failures in a row; <see cref="int.MaxValue"/> is off.</summary>
    [AllowOff, InRange(1, 10000)]
    public required int ConsecutiveFailures { get; init; }

    /// <summary>Share of failures within the window, 0 to 1; null is off.</summary>
    [AllowOff, Percent]
    public required double? FailureRate { get; init; }

    /// <summary>The time over which shares and latencies are measured.</summary>
    [InRange("1s", "1h")]
    public required TimeSpan Window { get; init; }

    /// <summary>Attempts within the window below which neither share nor latency says anything.</summary>
    [InRange(1, 1000000)]
    public required int MinimumRequests { get; init; }

    /// <summary>Times the median latency of the others; null is off.</summary>
    [AllowOff, InRange("1.5", "1000")]
    public required double? SlowFactor { get; init; }

    /// <summary>A latency that is never too slow, whatever the others do.</summary>
    [InRange("1ms", "1h")]
    public required TimeSpan SlowMinimum { get; init; }

    /// <summary>The first ejection; the n-th in a row is n times as long.</summary>
    [InRange("100ms", "1d")]
    public required TimeSpan EjectionTime { get; init; }

    /// <summary>No ejection is longer.</summary>
    [InRange("100ms", "1d")]
    public required TimeSpan MaxEjectionTime { get; init; }

    /// <summary>Share of the pool's backends that may be out at the same time, 0 to 1.</summary>
    [Percent]
    public required double MaxEjected { get; init; }
}
