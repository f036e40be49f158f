using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Host.Admin;

/// <summary>The pools as they are at one moment: what GET /pools?format=json gives, and scpd explain --state reads.</summary>
internal sealed record PoolsReport(IReadOnlyList<PoolReport> Pools)
{
    /// <param name="pools">The snapshots in force.</param>
    /// <param name="now">Milliseconds of the clock that they go by.</param>
    public static PoolsReport Of(IEnumerable<PoolSnapshot> pools, long now) => new(
    [
        .. pools.Select(pool => new PoolReport(
            pool.Name, pool.Policy.Name, pool.Available, [.. pool.Standings.Select(s => BackendReport.Of(s, now))])),
    ]);
}

/// <summary>One pool.</summary>
/// <param name="Pool">Its name.</param>
/// <param name="Policy">Name of its policy.</param>
/// <param name="Available">Backends that may take requests.</param>
/// <param name="Backends">All of them.</param>
internal sealed record PoolReport(string Pool, string Policy, int Available, IReadOnlyList<BackendReport> Backends);

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
            WarmingSince = WarmingMs is { } elapsed ? now - elapsed : BackendStanding.NotWarming,
        };
    }
}
