using Akka.Actor;
using Scp.Actors.BackendPools;
using Scp.Actors.Health;
using Scp.Streams.Dispatch;

namespace Scp.Host.Replay;

/// <summary>
/// What /user/scp/pools is in a running proxy, without its questions and answers between threads: one <see cref="BackendPoolActor"/> for each
/// pool, and a journal that keeps what they remember.
/// </summary>
internal sealed class ReplayPoolsActor : UntypedActor
{
    private readonly SortedDictionary<string, PoolCell> _cells;
    private readonly MemoryJournal _journal;
    private readonly PoolEnvironment _environment;
    private readonly Random _random;
    private readonly Dictionary<string, IActorRef> _pools = [];

    /// <param name="cells">Where the cells of the pools are published.</param>
    /// <param name="journal">What is remembered.</param>
    /// <param name="environment">What pools get from outside, but for seed and journal.</param>
    /// <param name="random">Seeds the pools.</param>
    public ReplayPoolsActor(SortedDictionary<string, PoolCell> cells, MemoryJournal journal, PoolEnvironment environment, Random random)
    {
        (_cells, _journal, _random) = (cells, journal, random);
        _environment = environment with { Journal = Self };
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ApplyPools apply: Apply(apply.Pools); break;
            case AdministerBackend administer: _pools[administer.Pool].Forward(administer); break;
            case Remember remember: _journal.Keep(remember.Backend); break;
            default: Unhandled(message); break;
        }
    }

    private void Apply(IReadOnlyDictionary<string, PoolSettings> pools)
    {
        foreach (var gone in _pools.Keys.Except(pools.Keys).ToList())
        {
            Context.Stop(_pools[gone]);
            _pools.Remove(gone);
            _cells.Remove(gone);
        }

        foreach (var (name, settings) in pools)
        {
            if (_pools.TryGetValue(name, out var known)) known.Tell(new PoolChanged(settings));
            else _pools[name] = Create(name, settings);
        }
    }

    private IActorRef Create(string name, PoolSettings settings)
    {
        var environment = _environment with { Seed = (ulong)_random.NextInt64() };
        var pool = new OwnedPool(name, settings, environment, _journal.Of(name));
        _cells[name] = pool.Cell;
        return Context.ActorOf(Props.Create(() => new BackendPoolActor(pool, environment)));
    }
}

/// <summary>Brings the pools in line with these settings.</summary>
internal sealed record ApplyPools(IReadOnlyDictionary<string, PoolSettings> Pools) : INoSerializationVerificationNeeded;
