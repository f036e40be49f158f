using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;
using Scp.Streams.Telemetry;

namespace Scp.Actors.BackendPools;

/// <summary>How backends, tiers and name resolution stand, read from the snapshots when somebody asks: nothing is counted for it.</summary>
public static class StandingMetrics
{
    public static IReadOnlyList<MetricFamily> Families(PoolDirectory pools) =>
        [.. OfBackends(pools), .. OfPools(pools), .. OfTiers(pools), .. OfDiscovery(pools)];

    private static IEnumerable<MetricFamily> OfBackends(PoolDirectory pools)
    {
        yield return Gauge("scp.upstream.available", "1 when the backend may take new requests, else 0.", s => s.Exclusion == Exclusion.None ? 1 : 0);
        yield return State("scp.upstream.health", "1 for what probes and traffic say of the backend now.", s => Text(s.Health));
        yield return State("scp.upstream.administrative", "1 for what an operator said of the backend.", s => Text(s.Administrative));
        yield return State("scp.upstream.circuit", "1 for the state of the backend's circuit breaker.", s => Text(s.Circuit));
        yield return Gauge("scp.upstream.weight", "The backend's weight in force.", s => s.Weight);
        yield return Gauge("scp.upstream.requests.active", "Requests that are with the backend now.", s => s.Backend.ActiveExchanges);

        MetricFamily Gauge(string name, string help, Func<BackendStanding, double> read) => new(
            name, MetricKind.Gauge, "", help, () => Standings(pools).Select(s => new MetricPoint(read(s.Standing), Labels(s))));

        MetricFamily State(string name, string help, Func<BackendStanding, string> read) => new(
            name, MetricKind.Gauge, "", help,
            () => Standings(pools).Select(s => new MetricPoint(1, [.. Labels(s), new("state", read(s.Standing))])));
    }

    private static IEnumerable<MetricFamily> OfPools(PoolDirectory pools) =>
    [
        new("scp.pool.backends", MetricKind.Gauge, "", "Backends of the pool.",
            () => Snapshots(pools).Select(p => new MetricPoint(p.Backends.Count, [new("pool", p.Name)]))),
        new("scp.pool.backends.available", MetricKind.Gauge, "", "Backends of the pool that may take new requests.",
            () => Snapshots(pools).Select(p => new MetricPoint(p.Available, [new("pool", p.Name)]))),
    ];

    private static IEnumerable<MetricFamily> OfTiers(PoolDirectory pools)
    {
        yield return Tier("scp.pool.tier.share", "Share of the pool's requests that the tier gets, 0 to 1.", t => t.Share);
        yield return Tier("scp.pool.tier.panic", "1 while too few backends of the tier are left, else 0.", t => t.IsPanic ? 1 : 0);

        MetricFamily Tier(string name, string help, Func<PoolTier, double> read) => new(
            name, MetricKind.Gauge, "", help,
            () => from pool in Snapshots(pools)
                  from tier in pool.Tiers.All
                  select new MetricPoint(read(tier), [new("pool", pool.Name), new("tier", tier.Priority.ToString(Culture))]));
    }

    private static IEnumerable<MetricFamily> OfDiscovery(PoolDirectory pools)
    {
        yield return Of("scp.pool.discovery.members", MetricKind.Gauge, "Members of the last good answer.", s => s.Members.Count);
        yield return Of("scp.pool.discovery.stale", MetricKind.Gauge,
            "1 while the pool's name cannot be resolved and the last good answer is used, else 0.", s => s.Failures > 0 ? 1 : 0);
        yield return Of("scp.pool.discovery.resolutions", MetricKind.Counter, "Resolutions that ended.", s => s.Resolutions);
        yield return Of("scp.pool.discovery.failures", MetricKind.Counter, "Resolutions that failed.", s => s.FailedResolutions);

        MetricFamily Of(string name, MetricKind kind, string help, Func<Discovery.DiscoveryState, double> read) => new(
            name, kind, "", help,
            () => from pool in pools.Cells
                  let view = pools.DiscoveryOf(pool.Value)
                  where view is not null
                  select new MetricPoint(read(view.State), [new("pool", pool.Key)]));
    }

    private static System.Globalization.CultureInfo Culture => System.Globalization.CultureInfo.InvariantCulture;

    private static IEnumerable<PoolSnapshot> Snapshots(PoolDirectory pools) => pools.Cells.Values.Select(c => c.Current);

    private static IEnumerable<(string Pool, BackendStanding Standing)> Standings(PoolDirectory pools) =>
        Snapshots(pools).SelectMany(p => p.Standings.Select(s => (p.Name, s)));

    private static KeyValuePair<string, object?>[] Labels((string Pool, BackendStanding Standing) of) =>
        [new("pool", of.Pool), new("backend", of.Standing.Backend.Name)];

    private static string Text(HealthStatus health) => health switch
    {
        HealthStatus.Up => "up",
        HealthStatus.Down => "down",
        HealthStatus.Suspect => "suspect",
        _ => "ejected",
    };

    private static string Text(AdministrativeState state) => state switch
    {
        AdministrativeState.Ready => "ready",
        AdministrativeState.Draining => "draining",
        _ => "maintenance",
    };

    private static string Text(CircuitState circuit) => circuit switch
    {
        CircuitState.Closed => "closed",
        CircuitState.Open => "open",
        _ => "half-open",
    };
}
