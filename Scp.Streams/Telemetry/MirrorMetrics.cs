using Scp.Streams.Dispatch;
using Scp.Streams.Dispatch.Mirroring;

namespace Scp.Streams.Telemetry;

/// <summary>What became of the copies of requests.</summary>
public static class MirrorMetrics
{
    private static readonly (MirrorOutcome Outcome, string Name)[] Outcomes =
    [
        (MirrorOutcome.Answered, "answered"),
        (MirrorOutcome.Failed, "failed"),
        (MirrorOutcome.TimedOut, "timed-out"),
        (MirrorOutcome.NoBackend, "no-backend"),
        (MirrorOutcome.TooMany, "too-many"),
        (MirrorOutcome.TooLarge, "too-large"),
        (MirrorOutcome.Incomplete, "incomplete"),
    ];

    /// <param name="pools">The pools of now, by name.</param>
    public static IReadOnlyList<MetricFamily> Families(Func<IEnumerable<KeyValuePair<string, PoolLoad>>> pools) =>
    [
        new("scp.mirror.requests", MetricKind.Counter, "", "Requests that were chosen to be copied to a second pool, by what became of them.",
            () => from pool in pools()
                  from route in pool.Value.Mirrors
                  from outcome in Outcomes
                  select new MetricPoint(
                      route.Value.Count(outcome.Outcome), [new("pool", pool.Key), new("route", route.Key), new("outcome", outcome.Name)])),
        new("scp.mirror.in.flight", MetricKind.Gauge, "", "Copies under way now.",
            () => from pool in pools()
                  from route in pool.Value.Mirrors
                  select new MetricPoint(route.Value.InFlight, [new("pool", pool.Key), new("route", route.Key)])),
    ];
}
