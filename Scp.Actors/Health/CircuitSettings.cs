using Scp.Streams.Settings;

namespace Scp.Actors.Health;

/// <summary>Circuit breakers of a pool (scp.pools.*.circuit).</summary>
public sealed record PoolCircuitSettings
{
    /// <summary>One for each backend.</summary>
    public required CircuitSettings Backend { get; init; }

    /// <summary>One for the pool as a whole.</summary>
    public required CircuitSettings Pool { get; init; }
}

/// <summary>One circuit breaker. Defaults and reasons are in reference.conf.</summary>
public sealed record CircuitSettings
{
    public required bool Enabled { get; init; }

    /// <summary>Share of failures within the window that opens it, 0 to 1.</summary>
    [Percent]
    public required double FailureRate { get; init; }

    [InRange("1s", "1h")]
    public required TimeSpan Window { get; init; }

    /// <summary>Attempts within the window below which the share says nothing.</summary>
    [InRange(1, 1000000)]
    public required int MinimumRequests { get; init; }

    /// <summary>How long it stays open at first; the n-th time in a row n times as long.</summary>
    [InRange("100ms", "1d")]
    public required TimeSpan OpenTime { get; init; }

    /// <summary>It is never open for longer.</summary>
    [InRange("100ms", "1d")]
    public required TimeSpan MaxOpenTime { get; init; }

    /// <summary>Requests at once while it is half open.</summary>
    [InRange(1, 10000)]
    public required int HalfOpenRequests { get; init; }

    /// <summary>Successes while it is half open that close it.</summary>
    [InRange(1, 10000)]
    public required int CloseAfter { get; init; }
}
