using Scp.Streams.Balancing;

namespace Scp.Actors.BackendPools;

/// <summary>What is due.</summary>
internal static class TimeRules
{
    public static List<PoolEvent> Decide(BackendPoolState pool, long now)
    {
        var events = new List<PoolEvent>();
        foreach (var name in pool.Backends.Keys)
        {
            var backend = pool.Backends[name];
            if (backend.Health == HealthStatus.Ejected && (now >= backend.EjectedUntil || !pool.Settings.Outlier.Enabled))
                Add(new EjectionEnded(name, now));
            if (CircuitRules.OfBackend(pool, pool.Backends[name], default, now) is { } step) Add(step);
            backend = pool.Backends[name]; // a slow start may have begun just now
            if (backend.WarmingSince != BackendStanding.NotWarming && now - backend.WarmingSince >= pool.SlowStart.TotalMilliseconds)
                Add(new BackendWarmed(name, now));
        }

        if (CircuitRules.OfPool(pool, default, now) is { } poolStep) Add(poolStep);
        return events;

        void Add(PoolEvent happened)
        {
            events.Add(happened);
            pool = pool.Apply(happened);
        }
    }
}
