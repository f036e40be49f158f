using Scp.Actors.Health;
using Scp.Streams.Balancing;

namespace Scp.Actors.BackendPools;

/// <summary>What probes say of a backend.</summary>
internal static class ProbeRules
{
    public static IReadOnlyList<PoolEvent> OnPassed(BackendPoolState pool, BackendState backend, long now)
    {
        var streak = Math.Max(0, backend.ProbeStreak) + 1;
        var needed = PassesNeeded(pool, backend);
        if (needed > 0 && streak >= needed) return [new BackendCameUp(backend.Name, "a probe passed", now)];
        return Count(backend, Math.Min(streak, pool.Settings.HealthCheck.Rise), now);
    }

    public static IReadOnlyList<PoolEvent> OnFailed(BackendPoolState pool, BackendState backend, string reason, long now)
    {
        var fall = pool.Settings.HealthCheck.Fall;
        var streak = Math.Min(0, backend.ProbeStreak) - 1;
        if (backend.Health == HealthStatus.Down) return Count(backend, -1, now);
        if (backend.Health == HealthStatus.Suspect || -streak >= fall) return [new BackendWentDown(backend.Name, reason, now)];
        return Count(backend, streak, now);
    }

    /// <summary>
    /// Passes in a row that bring it up; 0 when no number does: traffic that failed over a connection knows more than a probe does.
    /// </summary>
    private static int PassesNeeded(BackendPoolState pool, BackendState backend) => backend.Health switch
    {
        HealthStatus.Up => 0,
        HealthStatus.Suspect => 1, // it is the memory that is in doubt
        HealthStatus.Ejected when !backend.IsUnreachable => 0,
        _ => pool.Settings.HealthCheck.Type == HealthCheckType.Off ? 1 : pool.Settings.HealthCheck.Rise,
    };

    private static IReadOnlyList<PoolEvent> Count(BackendState backend, int streak, long now) =>
        streak == backend.ProbeStreak ? [] : [new ProbesCounted(backend.Name, streak, now)];
}
