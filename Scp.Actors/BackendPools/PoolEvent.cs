using System.Collections.Immutable;
using Scp.Actors.Health;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Actors.BackendPools;

/// <summary>What <see cref="BackendPoolState.Decide"/> answers and <see cref="BackendPoolState.Apply"/> takes.</summary>
/// <param name="At">Milliseconds of the clock.</param>
public abstract record PoolEvent(long At)
{
    /// <summary>New requests must see it: a bare count changes no snapshot.</summary>
    public virtual bool ChangesSnapshot => true;
}

/// <summary>It happened to one backend.</summary>
public abstract record BackendEvent(string Backend, long At) : PoolEvent(At)
{
    /// <summary>What the journal calls it; empty for what is not worth to be remembered.</summary>
    public virtual string Transition => "";
}

/// <summary>The settings of the pool are new.</summary>
public sealed record PoolReconfigured(PoolSettings Settings, long At) : PoolEvent(At);

/// <summary>Something is remembered of backends that are not members: for the day they come.</summary>
public sealed record StandingsKept(ImmutableArray<RememberedBackend> Backends, long At) : PoolEvent(At)
{
    public override bool ChangesSnapshot => false;
}

/// <summary>A backend is a member now.</summary>
/// <param name="Settings">What the configuration or name resolution says of it.</param>
/// <param name="Warms">Its slow start begins: others are there that share the traffic.</param>
/// <param name="At">When.</param>
public sealed record BackendJoined(BackendSettings Settings, bool Warms, long At) : BackendEvent(Settings.MemberName, At);

/// <summary>The same backend, at the same address, with other settings.</summary>
public sealed record BackendReconfigured(BackendSettings Settings, long At) : BackendEvent(Settings.MemberName, At);

public sealed record BackendLeft(string Backend, long At) : BackendEvent(Backend, At);

/// <summary>The members stand in this order.</summary>
public sealed record MembersOrdered(ImmutableArray<string> Names, long At) : PoolEvent(At);

/// <summary>Attempts were counted.</summary>
public sealed record OutcomesCounted(string Backend, OutcomeTally Tally, long At) : BackendEvent(Backend, At)
{
    public override bool ChangesSnapshot => false;
}

/// <summary>Probes in a row that passed (positive) or failed (negative), up to the number that decides.</summary>
public sealed record ProbesCounted(string Backend, int Streak, long At) : BackendEvent(Backend, At)
{
    public override bool ChangesSnapshot => false;
}

/// <summary>Nothing speaks against it any more.</summary>
public sealed record BackendCameUp(string Backend, string Cause, long At) : BackendEvent(Backend, At)
{
    public override string Transition => "up";
}

public sealed record BackendWentDown(string Backend, string Cause, long At) : BackendEvent(Backend, At)
{
    public override string Transition => "down";
}

/// <summary>It is remembered as not up. Not remembered again: the record that says so is there.</summary>
public sealed record BackendSuspected(string Backend, string Cause, long At) : BackendEvent(Backend, At);

/// <param name="Backend">Which.</param>
/// <param name="Cause">Why, for people.</param>
/// <param name="IsUnreachable">No connection could be made: a connection that is made proves the contrary.</param>
/// <param name="Until">When it ends.</param>
/// <param name="Repetition">How often in a row.</param>
/// <param name="At">When.</param>
public sealed record BackendEjected(string Backend, string Cause, bool IsUnreachable, long Until, int Repetition, long At)
    : BackendEvent(Backend, At)
{
    public override string Transition => "ejected";
}

/// <summary>The time is over; the next failure ejects it again, the next success acquits it.</summary>
public sealed record EjectionEnded(string Backend, long At) : BackendEvent(Backend, At)
{
    public override string Transition => "ejection-ended";
}

public sealed record CircuitOpened(string Backend, string Cause, long Until, int Repetition, long At) : BackendEvent(Backend, At)
{
    public override string Transition => "circuit-open";
}

public sealed record CircuitHalfOpened(string Backend, long At) : BackendEvent(Backend, At)
{
    public override string Transition => "circuit-half-open";
}

public sealed record CircuitClosed(string Backend, long At) : BackendEvent(Backend, At)
{
    public override string Transition => "circuit-closed";
}

/// <summary>An operator spoke, now or before a restart.</summary>
/// <param name="Backend">Of which backend.</param>
/// <param name="State">The administrative state.</param>
/// <param name="Weight">The weight, or null for the configured one.</param>
/// <param name="IsRecalled">It was remembered, and need not be again.</param>
/// <param name="At">When.</param>
public sealed record AdministrationChanged(string Backend, AdministrativeState State, int? Weight, bool IsRecalled, long At)
    : BackendEvent(Backend, At)
{
    public override string Transition => IsRecalled ? "" : $"admin-{State.ToString().ToLowerInvariant()}";
}

/// <summary>The slow start of a backend is over.</summary>
public sealed record BackendWarmed(string Backend, long At) : BackendEvent(Backend, At);

public sealed record PoolCircuitOpened(string Cause, long Until, int Repetition, long At) : PoolEvent(At);

public sealed record PoolCircuitHalfOpened(long At) : PoolEvent(At);

public sealed record PoolCircuitClosed(long At) : PoolEvent(At);
