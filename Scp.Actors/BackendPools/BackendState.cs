using Scp.Actors.Health;
using Scp.Streams.Balancing;

namespace Scp.Actors.BackendPools;

/// <summary>What a pool's actor knows of one backend. Health, administrative state and circuit are three facts.</summary>
public sealed record BackendState(BackendSettings Settings)
{
    public string Name => Settings.MemberName;

    public HealthStatus Health { get; init; }

    /// <summary>Probes in a row that passed (positive) or failed (negative), up to the number that decides.</summary>
    public int ProbeStreak { get; init; }

    /// <summary>A probe has passed or a request succeeded since it joined: what is remembered of it is out of date.</summary>
    public bool IsProven { get; init; }

    /// <summary>It was ejected because no connection could be made.</summary>
    public bool IsUnreachable { get; init; }

    /// <summary>Milliseconds at which its ejection ends.</summary>
    public long EjectedUntil { get; init; }

    /// <summary>How often in a row it was ejected.</summary>
    public int Ejections { get; init; }

    /// <summary>Milliseconds at which its last ejection ended.</summary>
    public long ReturnedAt { get; init; }

    /// <summary>Attempts that outlier detection looks at.</summary>
    public OutcomeWindow Window { get; init; } = OutcomeWindow.Empty;

    public CircuitBreaker Circuit { get; init; } = CircuitBreaker.Closed;

    public AdministrativeState Administrative { get; init; }

    /// <summary>The operator's weight; null for the configured one.</summary>
    public int? Weight { get; init; }

    /// <summary>An operator spoke since the process started: what is remembered does not count against that.</summary>
    public bool IsAdministered { get; init; }

    /// <summary>Milliseconds at which its slow start began, or <see cref="BackendStanding.NotWarming"/>.</summary>
    public long WarmingSince { get; init; } = BackendStanding.NotWarming;

    /// <summary>The operator has left nothing that must outlive its membership.</summary>
    public bool HasNoOverride => Administrative == AdministrativeState.Ready && Weight is null;
}
