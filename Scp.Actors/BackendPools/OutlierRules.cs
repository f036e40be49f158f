using System.Globalization;
using Scp.Actors.Health;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Actors.BackendPools;

/// <summary>
/// Ejects what does worse than the others. It compares, so it never takes out more than a share of the pool: when all fail it is not
/// the backends that differ, and the circuit has to act.
/// </summary>
internal static class OutlierRules
{
    /// <summary>Others whose latency is known, below which nobody is slow by comparison.</summary>
    private const int MinimumPeers = 2;

    public static BackendEjected? Decide(BackendPoolState pool, BackendState backend, OutcomesObserved observed, long now)
    {
        var settings = pool.Settings.Outlier;
        if (!settings.Enabled || backend.Health != HealthStatus.Up) return null;
        var isInARow = observed.ConsecutiveFailures >= settings.ConsecutiveFailures;
        var cause = isInARow ? InARow(observed) : FailsTooOften(settings, backend, now) ?? IsSlow(pool, backend, now);
        if (cause is null || !MayEject(pool)) return null;
        var repetition = Repetition.Next(backend.Ejections, now - backend.ReturnedAt, settings.EjectionTime);
        var until = now + Repetition.Penalty(repetition, settings.EjectionTime, settings.MaxEjectionTime);
        var isUnreachable = isInARow && observed.LastFailure is AttemptOutcome.ConnectFailed or AttemptOutcome.ConnectTimeout;
        return new BackendEjected(backend.Name, cause, isInARow && isUnreachable, until, repetition, now);
    }

    /// <summary>Whoever is down or suspect counts too: what matters is who is left.</summary>
    private static bool MayEject(BackendPoolState pool)
    {
        var missing = pool.Backends.Values.Count(b => b.Health != HealthStatus.Up);
        return missing + 1 <= Math.Floor(pool.Settings.Outlier.MaxEjected * pool.Backends.Count);
    }

    private static string InARow(OutcomesObserved observed) =>
        $"{observed.ConsecutiveFailures} failures in a row, the last one: {OutcomeWords.Of(observed.LastFailure)}";

    private static string? FailsTooOften(OutlierSettings settings, BackendState backend, long now)
    {
        var measured = backend.Window.At(settings.Window, now);
        if (settings.FailureRate is not { } rate || measured.Total < settings.MinimumRequests || measured.FailureRate < rate) return null;
        return string.Create(CultureInfo.InvariantCulture, $"{measured.FailureRate:P0} of {measured.Total:F0} requests failed");
    }

    private static string? IsSlow(BackendPoolState pool, BackendState backend, long now)
    {
        var settings = pool.Settings.Outlier;
        if (settings.SlowFactor is not { } factor || LatencyOf(backend) is not { } own) return null;
        if (own <= settings.SlowMinimum.TotalMilliseconds) return null;
        var others = pool.Backends.Values.Where(b => b.Name != backend.Name && b.Health == HealthStatus.Up)
            .Select(LatencyOf).OfType<double>().Order().ToList();
        if (others.Count < MinimumPeers || own <= factor * others[others.Count / 2]) return null;
        return string.Create(
            CultureInfo.InvariantCulture, $"{own:F0} ms on average, the others {others[others.Count / 2]:F0} ms");

        double? LatencyOf(BackendState state)
        {
            var measured = state.Window.At(settings.Window, now);
            return measured.Successes >= settings.MinimumRequests ? measured.MeanLatency : null;
        }
    }
}
