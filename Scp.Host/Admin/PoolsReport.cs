using Scp.Actors.BackendPools;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Host.Admin;

/// <summary>The pools as they are at one moment: what GET /pools?format=json gives, and scpd explain --state reads.</summary>
internal sealed record PoolsReport(IReadOnlyList<PoolReport> Pools)
{
    /// <param name="pools">The snapshots in force.</param>
    /// <param name="now">Milliseconds of the clock that they go by.</param>
    public static PoolsReport Of(IEnumerable<PoolSnapshot> pools, long now) => new([.. pools.Select(pool => PoolReport.Of(pool, now))]);

    /// <summary>All pools in order of their names, with what DNS says of them.</summary>
    public static PoolsReport Of(PoolDirectory directory, long now) => new(
    [
        .. from pool in directory.Cells
           orderby pool.Key
           let discovery = directory.DiscoveryOf(pool.Value)
           select PoolReport.Of(pool.Value.Current, now) with { Discovery = discovery is null ? null : DiscoveryReport.Of(discovery, now) },
    ]);
}

/// <summary>One pool.</summary>
/// <param name="Pool">Its name.</param>
/// <param name="Policy">Name of its policy.</param>
/// <param name="Available">Backends that may take requests.</param>
/// <param name="Backends">All of them.</param>
internal sealed record PoolReport(string Pool, string Policy, int Available, IReadOnlyList<BackendReport> Backends)
{
    /// <summary>How its tiers share the traffic.</summary>
    public IReadOnlyList<TierReport> Tiers { get; init; } = [];

    /// <summary>How its members were last resolved; null without discovery.</summary>
    public DiscoveryReport? Discovery { get; init; }

    public static PoolReport Of(PoolSnapshot pool, long now) =>
        new(pool.Name, pool.Policy.Name, pool.Available, [.. pool.Standings.Select(s => BackendReport.Of(s, now))])
        {
            Tiers = [.. pool.Tiers.All.Select(t => new TierReport(t.Priority, Math.Round(t.Share, 4), t.IsPanic, t.Candidates.Count))],
        };
}

/// <summary>One tier of a pool.</summary>
/// <param name="Priority">Its number.</param>
/// <param name="Share">Of the traffic, 0 to 1.</param>
/// <param name="Panic">Too few of its backends were left.</param>
/// <param name="Candidates">Backends that may be picked.</param>
internal sealed record TierReport(int Priority, double Share, bool Panic, int Candidates);

/// <summary>One backend: the three facts about it, and what is going on there.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where it is.</param>
/// <param name="Weight">Its weight in force.</param>
/// <param name="Priority">Its tier.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Health">What probes and traffic say.</param>
/// <param name="Administrative">What an operator said.</param>
/// <param name="Circuit">Its circuit breaker.</param>
/// <param name="Active">Requests that are with it.</param>
internal sealed record BackendReport(
    string Name, string Address, int Weight, int Priority, IReadOnlyDictionary<string, string> Labels, HealthStatus Health,
    AdministrativeState Administrative, CircuitState Circuit, int Active)
{
    /// <summary>Why it gets no new requests; none when it does.</summary>
    public Exclusion Exclusion { get; init; }

    /// <summary>Requests at once that it may get; null for any number.</summary>
    public int? Limit { get; init; }

    /// <summary>Milliseconds since its slow start began; null when none is under way.</summary>
    public long? WarmingMs { get; init; }

    public long Successes { get; init; }

    public long Failures { get; init; }

    public static BackendReport Of(BackendStanding standing, long now) => new(
        standing.Backend.Name, standing.Backend.AddressText, standing.Weight, standing.Priority, standing.Labels, standing.Health,
        standing.Administrative, standing.Circuit, standing.Backend.ActiveExchanges)
    {
        Exclusion = standing.Exclusion,
        Limit = standing.RequestLimit == int.MaxValue ? null : standing.RequestLimit,
        WarmingMs = standing.WarmingSince == BackendStanding.NotWarming ? null : now - standing.WarmingSince,
        Successes = standing.Backend.Outcomes.Successes,
        Failures = standing.Backend.Outcomes.Failures,
    };

    /// <summary>The standing that the report is of. Its backend gets the load that the report tells.</summary>
    public BackendStanding ApplyTo(BackendStanding standing, long now)
    {
        for (var missing = Active - standing.Backend.ActiveExchanges; missing > 0; missing--) standing.Backend.TryStart(int.MaxValue);
        return standing with
        {
            Weight = Weight,
            Priority = Priority,
            Labels = Labels,
            Health = Health,
            Administrative = Administrative,
            Circuit = Circuit,
            MaxRequests = Circuit == CircuitState.HalfOpen ? standing.MaxRequests : Limit ?? int.MaxValue,
            HalfOpenRequests = Circuit == CircuitState.HalfOpen ? Limit ?? standing.HalfOpenRequests : standing.HalfOpenRequests,
            CarriedOver = 0, // the limit has it
            WarmingSince = WarmingMs is { } elapsed ? now - elapsed : BackendStanding.NotWarming,
        };
    }
}
