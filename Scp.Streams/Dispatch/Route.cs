using Scp.Streams.Dispatch.Mirroring;
using Scp.Streams.Dispatch.Overload;
using Scp.Streams.Balancing;
using Scp.Streams.Filters;
using Scp.Streams.Messages;

namespace Scp.Streams.Dispatch;

/// <summary>A route as the data plane sees it: what to do with a request that matched it.</summary>
public sealed class Route
{
    public required string Name { get; init; }

    /// <summary>Where to forward to; null when <see cref="LocalResponse"/> answers.</summary>
    public PoolCell? Pool { get; init; }

    /// <summary>Labels that a backend of the pool must carry; null for any.</summary>
    public LabelSubset? Subset { get; init; }

    /// <summary>Answers instead of a pool: a redirect or a fixed response.</summary>
    public ILocalResponder? LocalResponse { get; init; }

    /// <summary>Changes path and Host before the request is forwarded; null for none.</summary>
    public IRequestRewrite? Rewrite { get; init; }

    /// <summary>Host names the backend that was picked; otherwise it is what the client sent, or what the rewrite put.</summary>
    public bool SendsBackendHost { get; init; }

    /// <summary>Filters of this route that see every exchange, in order.</summary>
    public IReadOnlyList<HttpFilter> DownstreamFilters { get; init; } = [];

    /// <summary>Filters of this route that see only what is forwarded, in order.</summary>
    public IReadOnlyList<HttpFilter> UpstreamFilters { get; init; } = [];

    /// <summary>Who gives way when the pool has more requests than it can take.</summary>
    public RequestPriority Priority { get; init; } = RequestPriority.Normal;

    /// <summary>Copies requests to a second pool; null for none.</summary>
    public Mirror? Mirror { get; init; }

    public required RouteTimeouts Timeouts { get; init; }

    public RouteRetries Retries { get; init; } = RouteRetries.Default;
}

/// <summary>Time limits of one route; <see cref="Timeout.InfiniteTimeSpan"/> is off.</summary>
/// <param name="ResponseHead">From the end of the request until the final response head.</param>
/// <param name="ResponseIdle">Between two reads of response content.</param>
/// <param name="Total">From the first byte of the request to the last of the response.</param>
/// <param name="TunnelIdle">Between two bytes of an upgraded connection, in either direction.</param>
public sealed record RouteTimeouts(TimeSpan ResponseHead, TimeSpan ResponseIdle, TimeSpan Total, TimeSpan TunnelIdle);

/// <summary>Makes a local response. Pure: called once for an exchange, on the graph's thread.</summary>
public interface ILocalResponder
{
    /// <summary>Fills status, fields and content of the response.</summary>
    void Respond(RequestHead request, ResponseHead response);
}

/// <summary>Rewrites the target of a request that will be forwarded.</summary>
public interface IRequestRewrite
{
    void Apply(RequestHead request);
}

/// <summary>Finds the route of a request: immutable, shared by all connections, deterministic.</summary>
public interface IRouteTable
{
    /// <summary>The route, or null with <see cref="Errors.ProxyError.NoRoute"/> or MethodNotAllowed.</summary>
    Route? Match(RequestHead request, out Errors.ProxyError error);

    /// <summary>After MethodNotAllowed: the value of Allow (RFC 9110 15.5.6), e.g. "GET, HEAD".</summary>
    string AllowedMethods(RequestHead request) => "";
}
