using Scp.Streams.Dispatch;

namespace Scp.Actors.Health;

/// <summary>
/// Attempts of the last while in two numbers instead of one for each second: the running period in full and of the one before the
/// share that the window still covers, as if it had been spread evenly.
/// </summary>
/// <param name="Start">Milliseconds at which the running period began.</param>
/// <param name="Current">What was counted in it.</param>
/// <param name="Previous">What was counted in the one before.</param>
public sealed record OutcomeWindow(long Start, OutcomeTally Current, OutcomeTally Previous)
{
    public static readonly OutcomeWindow Empty = new(0, default, default);

    public OutcomeWindow Add(OutcomeTally tally, TimeSpan length, long now)
    {
        var rolled = RollTo(length, now);
        return rolled with { Current = rolled.Current + tally };
    }

    /// <summary>What the window holds now.</summary>
    public OutcomeTally At(TimeSpan length, long now)
    {
        var rolled = RollTo(length, now);
        var covered = 1 - ((now - rolled.Start) / length.TotalMilliseconds);
        return rolled.Current + (rolled.Previous * Math.Clamp(covered, 0, 1));
    }

    private OutcomeWindow RollTo(TimeSpan length, long now)
    {
        var milliseconds = (long)length.TotalMilliseconds;
        var periods = (now - Start) / milliseconds;
        return periods switch
        {
            <= 0 => this,
            1 => new OutcomeWindow(Start + milliseconds, default, Current),
            _ => new OutcomeWindow(now, default, default),
        };
    }
}
