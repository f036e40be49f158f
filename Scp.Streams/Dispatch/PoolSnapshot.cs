using System.Collections.Concurrent;
using Scp.Streams.Balancing;
using Scp.Streams.Messages;

namespace Scp.Streams.Dispatch;

/// <summary>
/// A pool as the data plane sees it: immutable, published by the pool's actor, read without a lock.
/// </summary>
public sealed class PoolSnapshot
{
    private readonly ConcurrentDictionary<LabelSubset, PoolTiers> _subsets = new();
    private readonly Func<LabelSubset, PoolTiers> _buildSubset;
    private SessionIndex? _sessions;

    /// <param name="name">The pool's name in the configuration.</param>
    /// <param name="standings">Every backend of the pool, in configured order.</param>
    /// <param name="policy">How one of those that may take requests is picked.</param>
    /// <param name="upstream">Connection settings of the pool.</param>
    /// <param name="rules">How tiers, slow start and sessions are handled.</param>
    /// <param name="load">What the pool counts of its traffic through all snapshots; null makes a new one.</param>
    /// <param name="circuit">The circuit of the pool as a whole.</param>
    public PoolSnapshot(
        string name, IReadOnlyList<BackendStanding> standings, ILoadBalancingPolicy policy, UpstreamSettings upstream,
        BalancingRules? rules = null, PoolLoad? load = null, PoolCircuit? circuit = null)
    {
        Name = name;
        Standings = standings;
        Backends = [.. standings.Select(s => s.Backend)];
        Policy = policy;
        Upstream = upstream;
        Rules = rules ?? BalancingRules.Default;
        Load = load ?? new PoolLoad();
        Circuit = circuit ?? PoolCircuit.Closed;
        Available = standings.Count(s => s.Exclusion == Exclusion.None);
        _buildSubset = BuildSubset;
        Tiers = PoolTiers.Build(standings, policy, Rules);
    }

    public string Name { get; }

    public IReadOnlyList<BackendStanding> Standings { get; }

    /// <summary>All backends, those that may take requests now and those that may not.</summary>
    public IReadOnlyList<Backend> Backends { get; }

    /// <summary>Backends that may take requests now.</summary>
    public int Available { get; }

    public ILoadBalancingPolicy Policy { get; }

    public UpstreamSettings Upstream { get; }

    public BalancingRules Rules { get; }

    public PoolLoad Load { get; }

    public RetrySettings Retries { get; init; } = RetrySettings.Off;

    public PoolCircuit Circuit { get; }

    /// <summary>The tiers of the whole pool.</summary>
    public PoolTiers Tiers { get; }

    /// <summary>The tiers of a subset: made when it is first asked for.</summary>
    public PoolTiers TiersFor(LabelSubset? subset) => subset is null ? Tiers : _subsets.GetOrAdd(subset, _buildSubset);

    /// <summary>The key by which a request is hashed; 0 when the policy needs none.</summary>
    public ulong KeyOf(RequestHead request, PickRandom random) =>
        Policy.NeedsKey && Rules.HashKey is { } key ? key.Of(request, random) : 0;

    /// <summary>The backend that the session of a request is bound to; null for none, and when the pool keeps no sessions.</summary>
    public Backend? SessionOf(RequestHead request)
    {
        if (Rules.Affinity is not { } affinity) return null;
        return affinity.Find(request, _sessions ??= new SessionIndex(affinity, Backends)); // made twice in a race, and both are the same
    }

    /// <summary>Whether a route's subset, as far as it holds anybody, leaves a backend out.</summary>
    public bool IsOutside(LabelSubset? subset, BackendStanding standing) =>
        subset is not null && !subset.Includes(standing) && !ReferenceEquals(TiersFor(subset), Tiers);

    public BackendStanding? StandingOf(Backend backend)
    {
        foreach (var standing in Standings)
            if (ReferenceEquals(standing.Backend, backend)) return standing;
        return null;
    }

    private PoolTiers BuildSubset(LabelSubset subset)
    {
        var members = Standings.Where(subset.Includes).ToList();
        return members.Count == 0 && subset.FallsBackToAll ? Tiers : PoolTiers.Build(members, Policy, Rules);
    }
}

/// <summary>Where the pool's actor publishes its newest snapshot; routes hold the cell, so a health change touches no route.</summary>
public sealed class PoolCell(PoolSnapshot initial)
{
    private PoolSnapshot _current = initial;

    public PoolSnapshot Current => Volatile.Read(ref _current);

    /// <summary>Requests that wait for room in the pool try with the new snapshot.</summary>
    public void Publish(PoolSnapshot snapshot)
    {
        Interlocked.Exchange(ref _current, snapshot); // a full fence: whoever is not woken here sees it
        snapshot.Load.Queue.WakeAll();
    }
}
