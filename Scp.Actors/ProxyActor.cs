using Akka.Actor;
using Scp.Actors.BackendPools;
using Scp.Actors.Configuration;
using Scp.Actors.Connections;
using Scp.Actors.Discovery;
using Scp.Actors.Health;
using Scp.Streams.Dispatch;
using Scp.Streams.Limits;

namespace Scp.Actors;

/// <summary>What the actors get from outside: time, randomness, the network, telemetry, the configuration.</summary>
/// <param name="Time">The clock of everything.</param>
/// <param name="Random">Thread-safe randomness.</param>
/// <param name="Connector">Opens connections to backends.</param>
/// <param name="Telemetry">Hears of connections and exchanges.</param>
/// <param name="Read">Reads and validates the configuration anew.</param>
public sealed record ProxyEnvironment(
    TimeProvider Time, Random Random, IConnector Connector, IListenerTelemetry Telemetry, Func<ReadResult> Read)
{
    /// <summary>Makes who resolves the names of members.</summary>
    public Func<DiscoverySettings, INameResolver> Resolvers { get; init; } = settings => new DnsNameResolver(settings);

    /// <summary>What the health journal needs; null when nothing is to outlive a restart.</summary>
    public HealthPersistence? Persistence { get; init; }
}

/// <summary>
/// /user/scp, the root of the tree: brings pools and listeners in line with the settings in force, pools first because routes hold
/// their cells.
/// </summary>
public sealed class ProxyActor(ProxyEnvironment environment, PoolDirectory pools, ListenerDirectory listeners) : UntypedActor
{
    private static readonly TimeSpan ApplyLimit = TimeSpan.FromSeconds(20);

    private IActorRef _pools = ActorRefs.Nobody;
    private IActorRef _listeners = ActorRefs.Nobody;

    protected override void PreStart()
    {
        var clock = new Clock(environment.Time);
        var self = Self;
        _pools = Context.ActorOf(Props.Create(() => new PoolsActor(pools, clock, environment)), ActorPaths.Pools);
        _listeners = Context.ActorOf(Props.Create(() => new ListenersActor(environment, clock, pools, listeners)), ActorPaths.Listeners);
        Context.ActorOf(Props.Create(() => new ConfigActor(environment.Read, self)), ActorPaths.Config);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Apply apply: ApplyAsync(_pools, _listeners, apply).PipeTo(Sender); break;
            case DrainProxy: _listeners.Forward(message); break;
            default: Unhandled(message); break;
        }
    }

    private static async Task<Applied> ApplyAsync(IActorRef pools, IActorRef listeners, Apply apply)
    {
        await pools.Ask<PoolsApplied>(apply, ApplyLimit);
        return await listeners.Ask<Applied>(apply, ApplyLimit);
    }
}
