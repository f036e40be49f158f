using System.Collections.Immutable;
using Scp.Actors.Health;
using Scp.Streams.Balancing;

namespace Scp.Actors.BackendPools;

/// <content>What an event makes of the pool.</content>
public sealed partial record BackendPoolState
{
    public BackendPoolState Apply(PoolEvent happened) => happened switch
    {
        PoolReconfigured e => this with { Settings = e.Settings },
        MembersOrdered e => this with { Order = e.Names },
        StandingsKept e => this with { Remembered = Remembered.SetItems(e.Backends.Select(r => KeyValuePair.Create(r.Backend, r))) },
        BackendJoined e => this with { Backends = Backends.Add(e.Backend, Joined(e)), Remembered = Remembered.Remove(e.Backend) },
        BackendLeft e => this with { Backends = Backends.Remove(e.Backend) },
        OutcomesCounted e => With(e.Backend, b => Counted(b, e)) with { Circuit = Circuit.Count(e.Tally, Settings.Circuit.Pool, e.At) },
        BackendEvent e => With(e.Backend, b => ApplyTo(b, e)),
        PoolCircuitOpened e => this with { Circuit = Circuit.Open(e.Until, e.Repetition) },
        PoolCircuitHalfOpened => this with { Circuit = Circuit.HalfOpen() },
        PoolCircuitClosed e => this with { Circuit = Circuit.Close(e.At) },
        _ => throw new ArgumentException($"{happened.GetType().Name} is no event of a pool.", nameof(happened)),
    };

    private BackendState ApplyTo(BackendState b, BackendEvent happened) => happened switch
    {
        BackendReconfigured e => b with { Settings = e.Settings },
        ProbesCounted e => b with { ProbeStreak = e.Streak, IsProven = b.IsProven || e.Streak > 0 },
        BackendWentDown => b with { Health = HealthStatus.Down, ProbeStreak = 0, Window = OutcomeWindow.Empty },
        BackendSuspected => b with { Health = HealthStatus.Suspect, ProbeStreak = 0 },
        BackendCameUp e => Warm(Returned(b, e.At), e.At) with { IsProven = true },
        EjectionEnded e => Warm(Returned(b, e.At), e.At),
        BackendEjected e => b with
        {
            Health = HealthStatus.Ejected, IsUnreachable = e.IsUnreachable, EjectedUntil = e.Until, Ejections = e.Repetition,
            ProbeStreak = 0, Window = OutcomeWindow.Empty,
        },
        CircuitOpened e => b with { Circuit = b.Circuit.Open(e.Until, e.Repetition) },
        CircuitHalfOpened => b with { Circuit = b.Circuit.HalfOpen() },
        CircuitClosed e => Warm(b, e.At) with { Circuit = b.Circuit.Close(e.At) },
        AdministrationChanged e => Administered(b, e),
        BackendWarmed => b with { WarmingSince = BackendStanding.NotWarming },
        _ => throw new ArgumentException($"{happened.GetType().Name} is no event of a backend.", nameof(happened)),
    };

    private BackendPoolState With(string backend, Func<BackendState, BackendState> change) =>
        Backends.TryGetValue(backend, out var known) ? this with { Backends = Backends.SetItem(backend, change(known)) } : this;

    private BackendState Joined(BackendJoined e) => e.Warms ? Warm(new BackendState(e.Settings), e.At) : new BackendState(e.Settings);

    private BackendState Counted(BackendState b, OutcomesCounted e) => b with
    {
        IsProven = b.IsProven || e.Tally.Successes > 0,
        Window = b.Health == HealthStatus.Up ? b.Window.Add(e.Tally, Settings.Outlier.Window, e.At) : b.Window,
        Circuit = b.Circuit.Count(e.Tally, Settings.Circuit.Backend, e.At),
    };

    private static BackendState Returned(BackendState b, long at) => b with
    {
        Health = HealthStatus.Up, ProbeStreak = 0, IsUnreachable = false, Window = OutcomeWindow.Empty,
        ReturnedAt = b.Health == HealthStatus.Ejected ? at : b.ReturnedAt,
    };

    private BackendState Administered(BackendState b, AdministrationChanged e)
    {
        var changed = b with { Administrative = e.State, Weight = e.Weight, IsAdministered = b.IsAdministered || !e.IsRecalled };
        return e.State == AdministrativeState.Ready && b.Administrative == AdministrativeState.Maintenance ? Warm(changed, e.At) : changed;
    }

    private BackendState Warm(BackendState b, long at) => SlowStart > TimeSpan.Zero ? b with { WarmingSince = at } : b;
}
