using Scp.Streams.Balancing;
using Scp.Streams.Settings;

namespace Scp.Actors.LoadBalancing;

/// <summary>How ring-hash and maglev hash (scp.pools.*.hash). Defaults and reasons are in reference.conf.</summary>
public sealed record HashSettings
{
    public required HashKeySource Key { get; init; }

    /// <summary>Name of the header, cookie or query parameter; empty with query is the whole query.</summary>
    public required string Name { get; init; }

    /// <summary>Times the average load that a backend may have; null is no bound.</summary>
    [AllowOff]
    [InRange(1, 100)]
    public required double? BoundedLoad { get; init; }

    /// <summary>Points of ring-hash for each unit of weight.</summary>
    [InRange(1, 10000)]
    public required int RingPoints { get; init; }
}
