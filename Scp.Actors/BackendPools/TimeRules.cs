using Scp.Streams.Balancing;

namespace Scp.Actors.BackendPools;

/// <summary>What is due.</summary>
internal static class TimeRules
{
    public static List<PoolEvent> Decide(BackendPoolState pool, long now)
    {
        var events = new List<PoolEvent>();
        foreach (var backend in pool.Backends.Values)
        {
            if (backend.Health == HealthStatus.Ejected && (now >= backend.EjectedUntil || !pool.Settings.Outlier.Enabled))
                events.Add(new EjectionEnded(backend.Name, now));
            if (CircuitRules.OfBackend(pool, backend, default, now) is { } step) events.Add(step);
            if (backend.WarmingSince != BackendStanding.NotWarming && now - backend.WarmingSince >= pool.SlowStart.TotalMilliseconds)
                events.Add(new BackendWarmed(backend.Name, now));
        }

        if (CircuitRules.OfPool(pool, default, now) is { } poolStep) events.Add(poolStep);
        return events;
    }
}
