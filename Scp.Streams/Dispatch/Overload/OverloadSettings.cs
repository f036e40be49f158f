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
