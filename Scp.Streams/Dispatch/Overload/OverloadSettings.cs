using Scp.Streams.Settings;

namespace Scp.Streams.Dispatch.Overload;

/// <summary>Requests that wait until a backend of the pool takes one more (scp.pools.*.queue).</summary>
public sealed record QueueSettings
{
    /// <summary>Requests that may wait; 0 lets none wait. Over it: 503.</summary>
    [InRange(0, 1000000)]
    public required int Size { get; init; }

    /// <summary>How long each may wait. Over it: 503.</summary>
    [InRange("1ms", "1h")]
    public required TimeSpan Timeout { get; init; }
}

/// <summary>How much of a pool's backends the proxy may use (scp.pools.*.limits).</summary>
public sealed record PoolLimitSettings
{
    /// <summary>Requests at once at each backend; <see cref="int.MaxValue"/> is off.</summary>
    [AllowOff, InRange(1, 10000000)]
    public required int MaxRequestsPerBackend { get; init; }
}

/// <summary>A limit of requests at once that follows the latency of the pool (scp.pools.*.adaptive-concurrency).</summary>
public sealed record AdaptiveConcurrencySettings
{
    public required bool Enabled { get; init; }

    /// <summary>The limit never falls below it.</summary>
    [InRange(1, 1000000)]
    public required int Minimum { get; init; }

    /// <summary>The limit at start.</summary>
    [InRange(1, 1000000)]
    public required int Initial { get; init; }

    /// <summary>The limit never rises above it.</summary>
    [InRange(1, 1000000)]
    public required int Maximum { get; init; }

    /// <summary>How much slower than without load is still good, as a share.</summary>
    [Percent]
    public required double Tolerance { get; init; }

    /// <summary>The limit changes once in it.</summary>
    [InRange("10ms", "1m")]
    public required TimeSpan Window { get; init; }

    /// <summary>How old the latency without load may be before it is measured anew, give or take a tenth.</summary>
    [InRange("1s", "1h")]
    public required TimeSpan ProbeInterval { get; init; }
}
