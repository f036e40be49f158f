using Akka.Actor;
using Scp.Actors.Configuration;
using Scp.Actors.Connections;
using Scp.Streams.Dispatch;
using Scp.Streams.Limits;

namespace Scp.Actors.BackendPools;

/// <summary>/user/scp/pools: one <see cref="BackendPoolActor"/> for each pool of the settings in force.</summary>
public sealed class PoolsActor(PoolDirectory directory, Clock clock, IListenerTelemetry telemetry) : UntypedActor
{
    private static readonly TimeSpan ApplyLimit = TimeSpan.FromSeconds(10);

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

        // Each answers after it has taken its change, so the answer means that new requests see all of them.
        Task.WhenAll(_pools.Values.Select(p => p.Ask<ActorIdentity>(new Identify(null), ApplyLimit)))
            .PipeTo(Sender, success: _ => PoolsApplied.Instance);
    }

    private IActorRef Create(string name, PoolSettings settings)
    {
        var cell = directory.Add(name, new PoolCell(PoolSnapshots.Build(name, settings, telemetry.Upstream)));
        return Context.ActorOf(
            Props.Create(() => new BackendPoolActor(name, cell, clock, telemetry.Upstream)), ActorPaths.FreeName(Context, name));
    }
}

/// <summary>New requests see the pools of the new settings.</summary>
public sealed record PoolsApplied : INoSerializationVerificationNeeded
{
    public static readonly PoolsApplied Instance = new();
}
