using Scp.Streams.Dispatch;

namespace Scp.Streams.Telemetry;

/// <summary>How loaded the pools are. The numbers are the data plane's own; nothing is counted for the sake of metrics.</summary>
public static class PoolMetrics
{
    /// <param name="pools">The pools of now, by name.</param>
    public static IReadOnlyList<MetricFamily> Families(Func<IEnumerable<KeyValuePair<string, PoolLoad>>> pools)
    {
        return
        [
            Of("scp.pool.exchanges.active", MetricKind.Gauge, "Exchanges that are with a backend of the pool now.", l => l.ActiveExchanges),
            Of("scp.pool.queue.length", MetricKind.Gauge, "Requests that wait for a backend of the pool now.", l => l.Queue.Count),
            Of("scp.pool.queue.waits", MetricKind.Counter, "Requests that had to wait.", l => l.Queue.Waits),
            Of("scp.pool.queue.timeouts", MetricKind.Counter, "Requests that waited in vain.", l => l.QueueTimeouts),
            Of("scp.pool.shed", MetricKind.Counter, "Requests turned away: the queue was full, or a more urgent one took the place.",
                l => l.Shed),
            Of("scp.pool.concurrency.limit", MetricKind.Gauge, "Exchanges that may be with the pool at once; absent without a limit.",
                l => l.Adaptive?.Limit),
        ];

        MetricFamily Of(string name, MetricKind kind, string help, Func<PoolLoad, double?> read) => new(
            name, kind, "", help,
            () => from pool in pools()
                  let value = read(pool.Value)
                  where value is not null
                  select new MetricPoint(value.Value, [new("pool", pool.Key)]));
    }
}
