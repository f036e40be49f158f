using Scp.Streams.Dispatch;

namespace Scp.Streams.Balancing;

/// <summary>What probes and traffic say of a backend.</summary>
public enum HealthStatus : byte
{
    /// <summary>Nothing speaks against it.</summary>
    Up,

    /// <summary>Active probes failed.</summary>
    Down,

    /// <summary>Remembered as down or ejected from before a restart: it gets no request until a probe has passed.</summary>
    Suspect,

    /// <summary>Its answers to real traffic were so bad that it is left out for a while.</summary>
    Ejected,
}

/// <summary>What an operator said of a backend.</summary>
public enum AdministrativeState : byte
{
    Ready,

    /// <summary>No new sessions: only requests bound to it by session affinity.</summary>
    Draining,

    /// <summary>No request at all.</summary>
    Maintenance,
}

/// <summary>The circuit breaker of a backend.</summary>
public enum CircuitState : byte
{
    Closed,
    Open,

    /// <summary>A trickle of requests tries it.</summary>
    HalfOpen,
}

/// <summary>Why a backend is no candidate.</summary>
public enum Exclusion : byte
{
    None,
    Maintenance,
    Draining,
    Down,
    Suspect,
    Ejected,
    CircuitOpen,
    ZeroWeight,

    /// <summary>It lacks a label that the route asks for.</summary>
    OutsideSubset,
}

/// <summary>
/// One backend as its pool's actor sees it now: health, administrative state and circuit are three facts, and any of them may
/// exclude it. Immutable; a part of <see cref="PoolSnapshot"/>.
/// </summary>
public sealed record BackendStanding(Backend Backend)
{
    /// <summary>No slow start under way.</summary>
    public const long NotWarming = long.MinValue;

    public HealthStatus Health { get; init; }

    public AdministrativeState Administrative { get; init; }

    public CircuitState Circuit { get; init; }

    /// <summary>Share of traffic relative to the others of its tier, 0 to 1000; 0 gets none.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>The tier: 0 is used first, higher ones are backups.</summary>
    public int Priority { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Requests at once, as configured; <see cref="int.MaxValue"/> is off.</summary>
    public int MaxRequests { get; init; } = int.MaxValue;

    /// <summary>Requests at once that try it while the circuit is half open.</summary>
    public int HalfOpenRequests { get; init; } = 1;

    /// <summary>Exchanges that were with it when its circuit became half open, tunnels for instance: they try nothing.</summary>
    public int CarriedOver { get; init; }

    /// <summary>Milliseconds of the clock at which its slow start began, or <see cref="NotWarming"/>.</summary>
    public long WarmingSince { get; init; } = NotWarming;

    /// <summary>Why it is no candidate; None when it is one.</summary>
    public Exclusion Exclusion =>
        Administrative == AdministrativeState.Maintenance ? Exclusion.Maintenance
        : Administrative == AdministrativeState.Draining ? Exclusion.Draining
        : OutageOf(this);

    /// <summary>Why not even a request that is bound to it by affinity may go there: drain does not count.</summary>
    public Exclusion AffinityExclusion =>
        Administrative == AdministrativeState.Maintenance ? Exclusion.Maintenance : OutageOf(this, ignoreWeight: true);

    /// <summary>Requests at once that it may get now.</summary>
    public int RequestLimit =>
        Circuit == CircuitState.HalfOpen ? Math.Min(HalfOpenRequests, MaxRequests - CarriedOver) + CarriedOver : MaxRequests;

    private static Exclusion OutageOf(BackendStanding standing, bool ignoreWeight = false) => standing switch
    {
        { Health: HealthStatus.Down } => Exclusion.Down,
        { Health: HealthStatus.Suspect } => Exclusion.Suspect,
        { Health: HealthStatus.Ejected } => Exclusion.Ejected,
        { Circuit: CircuitState.Open } => Exclusion.CircuitOpen,
        { Weight: 0 } when !ignoreWeight => Exclusion.ZeroWeight,
        _ => Exclusion.None,
    };
}
