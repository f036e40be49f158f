using Scp.Streams.Settings;

namespace Scp.Streams.Dispatch.Mirroring;

/// <summary>A second pool that gets copies of the requests of a route (scp.routes.*.mirror); in use when <see cref="Pool"/> is given.</summary>
public sealed record MirrorSettings
{
    /// <summary>Name of the pool.</summary>
    public required string? Pool { get; init; }

    /// <summary>The share of requests that is copied.</summary>
    [Percent]
    public required double Share { get; init; }

    /// <summary>A request with more content is not copied.</summary>
    [ByteSize, InRange("0B", "16MiB")]
    public required int MaxContent { get; init; }

    /// <summary>Copies of the route at once, from the request's first byte to the response's last; a request beyond it is not copied.</summary>
    [InRange(1, 100000)]
    public required int MaxInFlight { get; init; }

    /// <summary>From the pick of a backend to the last byte of its response. Over it: given up.</summary>
    [InRange("1ms", "1h")]
    public required TimeSpan Timeout { get; init; }
}
