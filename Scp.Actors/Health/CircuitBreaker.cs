using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Actors.Health;

/// <summary>Where a circuit goes next.</summary>
public enum CircuitStep : byte
{
    Stay,
    Open,
    HalfOpen,
    Close,
}

/// <summary>A circuit breaker (Nygard, Release It!, 2007) as a value: of one backend, or of a pool.</summary>
/// <remarks>
/// <code>
/// Closed --share of failures in the window--> Open --time over--> HalfOpen --enough successes--> Closed
///                                             Open &lt;--one failure-- HalfOpen
/// any --switched off by a reload--> Closed
/// </code>
/// </remarks>
public sealed record CircuitBreaker
{
    public static readonly CircuitBreaker Closed = new();

    public CircuitState State { get; init; }

    /// <summary>Milliseconds at which it becomes half open.</summary>
    public long OpenUntil { get; init; }

    /// <summary>How often in a row it opened.</summary>
    public int Openings { get; init; }

    /// <summary>Milliseconds at which it closed last.</summary>
    public long ClosedAt { get; init; }

    /// <summary>Successes since it is half open.</summary>
    public double Trials { get; init; }

    public OutcomeWindow Window { get; init; } = OutcomeWindow.Empty;

    public CircuitBreaker Count(OutcomeTally tally, CircuitSettings settings, long now) => State switch
    {
        CircuitState.Closed when settings.Enabled => this with { Window = Window.Add(tally, settings.Window, now) },
        CircuitState.HalfOpen => this with { Trials = Trials + tally.Successes },
        _ => this, // open: what was under way when it opened says nothing new
    };

    /// <summary>What follows from what was counted, of which <paramref name="latest"/> came last.</summary>
    public CircuitStep Next(OutcomeTally latest, CircuitSettings settings, long now)
    {
        if (!settings.Enabled) return State == CircuitState.Closed ? CircuitStep.Stay : CircuitStep.Close;
        return State switch
        {
            CircuitState.Closed => FailsTooOften(settings, now) ? CircuitStep.Open : CircuitStep.Stay,
            CircuitState.Open => now >= OpenUntil ? CircuitStep.HalfOpen : CircuitStep.Stay,
            _ => latest.Failures > 0 ? CircuitStep.Open : Trials >= settings.CloseAfter ? CircuitStep.Close : CircuitStep.Stay,
        };
    }

    public OutcomeTally Measured(CircuitSettings settings, long now) => Window.At(settings.Window, now);

    public CircuitBreaker Open(long until, int openings) =>
        new() { State = CircuitState.Open, OpenUntil = until, Openings = openings, ClosedAt = ClosedAt };

    public CircuitBreaker HalfOpen() => this with { State = CircuitState.HalfOpen, Trials = 0 };

    public CircuitBreaker Close(long now) => new() { Openings = Openings, ClosedAt = now };

    /// <summary>How often in a row it will have opened; a while of peace makes up for each.</summary>
    public int NextOpening(CircuitSettings settings, long now) =>
        State == CircuitState.HalfOpen ? Openings + 1 : Repetition.Next(Openings, now - ClosedAt, settings.OpenTime);

    private bool FailsTooOften(CircuitSettings settings, long now)
    {
        var measured = Measured(settings, now);
        return measured.Total >= settings.MinimumRequests && measured.FailureRate >= settings.FailureRate;
    }
}
