using Scp.Actors.BackendPools;
using Scp.Actors.Connections;
using Scp.Actors.Routing;
using Scp.Streams.Dispatch;
using Scp.Streams.Limits;
using Scp.Streams.Settings;

namespace Scp.Actors.Configuration;

/// <summary>Everything under <c>scp</c> that the actors act on. The host's own sections stand beside it.</summary>
public record ProxySettings
{
    [NotEmpty]
    [Template("scp.defaults.listener")]
    public required IReadOnlyDictionary<string, ListenerSettings> Listeners { get; init; }

    [Template("scp.defaults.pool")]
    public required IReadOnlyDictionary<string, PoolSettings> Pools { get; init; }

    [Template("scp.defaults.route")]
    public required IReadOnlyDictionary<string, RouteSettings> Routes { get; init; }

    public required LimitSettings Limits { get; init; }

    public required TimeoutSettings Timeouts { get; init; }

    public required ForwardingSettings Forwarding { get; init; }

    public required DrainSettings Drain { get; init; }
}
