using Akka.Actor;
using Scp.Actors.Configuration;
using Scp.Actors.Connections;
using Scp.Actors.Discovery;
using Scp.Streams.Dispatch;
using Scp.Streams.Limits;

namespace Scp.Actors.BackendPools;

/// <summary>/user/scp/pools: one <see cref="BackendPoolActor"/> for each pool of the settings in force.</summary>
public sealed class PoolsActor(PoolDirectory directory, Clock clock, ProxyEnvironment environment) : UntypedActor
{
    private static readonly TimeSpan ApplyLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ResolveLimit = TimeSpan.FromSeconds(6); // above the longest discovery.timeout

    private readonly Dictionary<string, IActorRef> _pools = [];

    protected override void OnReceive(object message)
    {
        if (message is Apply apply) OnApply(apply.Settings.Pools);
        else Unhandled(message);
    }

    /// <summary>A pool that fails is restarted by itself; the others do not notice.</summary>
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(10, TimeSpan.FromMinutes(1), _ => Directive.Restart);

    private void OnApply(IReadOnlyDictionary<string, PoolSettings> pools)
    {
        foreach (var gone in _pools.Keys.Except(pools.Keys).ToList())
        {
            Context.Stop(_pools[gone]); // exchanges under way keep the snapshot they have
            _pools.Remove(gone);
            directory.Remove(gone);
        }

        foreach (var (name, settings) in pools)
        {
            if (_pools.TryGetValue(name, out var known)) known.Tell(new PoolChanged(settings));
            else _pools[name] = Create(name, settings);
        }

        AppliedAsync([.. _pools.Values], [.. _pools.Where(p => pools[p.Key].Discovery.Type != DiscoveryType.Off).Select(p => p.Value)])
            .PipeTo(Sender);
    }

    /// <summary>
    /// Names are resolved first, so that new requests find members. Each pool answers after it has taken its change: they see all of them.
    /// </summary>
    private static async Task<PoolsApplied> AppliedAsync(IReadOnlyList<IActorRef> pools, IReadOnlyList<IActorRef> resolving)
    {
        try
        {
            await Task.WhenAll(resolving.Select(p => p.Ask<FirstAnswerKnown>(AwaitFirstAnswer.Instance, ResolveLimit)));
        }
        catch (AskTimeoutException)
        {
            // A pool that failed meanwhile resolves anew; the others must not wait for it.
        }

        await Task.WhenAll(pools.Select(p => p.Ask<ActorIdentity>(new Identify(null), ApplyLimit)));
        return PoolsApplied.Instance;
    }

    private IActorRef Create(string name, PoolSettings settings)
    {
        var metrics = environment.Telemetry.Upstream;
        var cell = directory.Add(name, new PoolCell(PoolSnapshots.Build(name, settings, metrics)));
        var context = new DiscoveryContext(name, environment.Resolvers, clock, environment.Random, view => directory.Publish(cell, view));
        Func<DiscoverySettings, Props> discovery = asked => Props.Create(() => new DiscoveryActor(asked, context));
        return Context.ActorOf(
            Props.Create(() => new BackendPoolActor(name, settings, cell, clock, metrics, discovery)), ActorPaths.FreeName(Context, name));
    }
}

/// <summary>New requests see the pools of the new settings.</summary>
public sealed record PoolsApplied : INoSerializationVerificationNeeded
{
    public static readonly PoolsApplied Instance = new();
}
