using Akka.Actor;
using Scp.Actors;
using Scp.Actors.BackendPools;
using Scp.Actors.Discovery;
using Scp.Actors.Health;
using Scp.Streams.Dispatch;
using Scp.Streams.Limits;
using Scp.Streams.Telemetry;

namespace Scp.Host.Replay;

/// <summary>
/// What /user/scp/pools is in a running proxy, without its questions and answers between threads: one <see cref="BackendPoolActor"/> for each
/// pool, and a journal that keeps what they remember.
/// </summary>
internal sealed class ReplayPoolsActor(
    SortedDictionary<string, PoolCell> cells, MemoryJournal journal, Clock clock, Random random) : UntypedActor
{
    private readonly Dictionary<string, IActorRef> _pools = [];

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ApplyPools apply: Apply(apply.Pools); break;
            case AdministerBackend administer: _pools[administer.Pool].Forward(administer); break;
            case Remember remember: journal.Keep(remember.Backend); break;
            default: Unhandled(message); break;
        }
    }

    private void Apply(IReadOnlyDictionary<string, PoolSettings> pools)
    {
        foreach (var gone in _pools.Keys.Except(pools.Keys).ToList())
        {
            Context.Stop(_pools[gone]);
            _pools.Remove(gone);
            cells.Remove(gone);
        }

        foreach (var (name, settings) in pools)
        {
            if (_pools.TryGetValue(name, out var known)) known.Tell(new PoolChanged(settings));
            else _pools[name] = Create(name, settings);
        }
    }

    private IActorRef Create(string name, PoolSettings settings)
    {
        var cell = cells[name] = new PoolCell(PoolSnapshots.Build(name, settings, NoMetrics));
        var context = new DiscoveryContext(name, NoResolver, clock, random, _ => { });
        Func<DiscoverySettings, Props> discovery = asked => Props.Create(() => new DiscoveryActor(asked, context));
        var pool = Context.ActorOf(Props.Create(() => new BackendPoolActor(name, settings, cell, clock, NoMetrics, discovery)));
        var remembered = journal.Of(name);
        if (remembered.Count > 0) pool.Tell(new Recalled(remembered));
        return pool;
    }

    private static UpstreamMetrics? NoMetrics(string pool, string backend) => null;

    private static INameResolver NoResolver(DiscoverySettings settings) =>
        throw new NotSupportedException("A scenario has no DNS."); // its validator says so before
}

/// <summary>Brings the pools in line with these settings.</summary>
internal sealed record ApplyPools(IReadOnlyDictionary<string, PoolSettings> Pools) : INoSerializationVerificationNeeded;
