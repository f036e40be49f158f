using Akka.Actor;
using Scp.Actors.Discovery;
using Scp.Streams.Dispatch;
using Scp.Streams.Limits;
using Scp.Streams.Telemetry;

namespace Scp.Actors.BackendPools;

/// <summary>What pools get from outside.</summary>
public sealed record PoolEnvironment
{
    public required Clock Clock { get; init; }

    /// <summary>Opens the connections of probes.</summary>
    public required IConnector Connector { get; init; }

    /// <summary>What is counted of a backend of a pool; null when nothing is.</summary>
    public Func<string, string, UpstreamMetrics?> Metrics { get; init; } = (_, _) => null;

    /// <summary>Forgets what was counted of a backend that is gone.</summary>
    public Action<string, string> ForgetMetrics { get; init; } = (_, _) => { };

    /// <summary>Spreads probes; the same seed gives the same moments.</summary>
    public ulong Seed { get; init; }

    /// <summary>Who resolves the names of members; null when there are none.</summary>
    public Func<DiscoverySettings, Props>? Discovery { get; init; }

    /// <summary>Keeps transitions through a restart of the process: hears <see cref="Health.Remember"/>.</summary>
    public IActorRef Journal { get; init; } = ActorRefs.Nobody;
}
