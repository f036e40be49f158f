using System.Net;
using Akka.Actor;
using Scp.Actors.BackendPools;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Actors.Health;

/// <summary>How a backend is probed from now on. Sent by its pool when it changed.</summary>
/// <param name="Check">What a probe does; null for no probes.</param>
/// <param name="Interval">From the end of one to the begin of the next.</param>
/// <param name="Jitter">How much longer or shorter each pause is at random, 0 to 1.</param>
/// <param name="IsUrgent">The first is due at once: nothing is sent there before it has passed.</param>
public sealed record ProbePlan(ProbeCheck? Check, TimeSpan Interval, double Jitter, bool IsUrgent) : INoSerializationVerificationNeeded
{
    public static readonly ProbePlan None = new(null, TimeSpan.Zero, 0, false);

    /// <summary>
    /// The configured check. Where there is none a TCP connection clears what only a connection can clear: a memory, and an ejection
    /// because none could be made.
    /// </summary>
    public static ProbePlan Of(BackendPoolState pool, BackendState backend, EndPoint address)
    {
        var settings = pool.Settings.HealthCheck;
        var isDoubted = backend.Health is HealthStatus.Down or HealthStatus.Suspect || backend.IsUnreachable;
        if (settings.Type == HealthCheckType.Off && !isDoubted) return None;
        var isSteady = !isDoubted && backend.ProbeStreak >= 0;
        return new ProbePlan(
            ProbeCheck.Of(pool.Settings, address), isSteady ? settings.Interval : settings.FastInterval, settings.Jitter,
            backend.Health == HealthStatus.Suspect);
    }
}

/// <summary>A probe of a backend ended.</summary>
/// <param name="Backend">Which.</param>
/// <param name="Failure">Why it failed; null when it passed.</param>
public sealed record Probed(Backend Backend, string? Failure) : INoSerializationVerificationNeeded;
