namespace Scp.Streams.Telemetry;

/// <summary>What is counted (scp.metrics). Defaults and reasons are in reference.conf.</summary>
public sealed record MetricsSettings
{
    public required bool Enabled { get; init; }

    /// <summary>Upper bounds of the duration histogram, rising.</summary>
    public required IReadOnlyList<TimeSpan> DurationBuckets { get; init; }
}
