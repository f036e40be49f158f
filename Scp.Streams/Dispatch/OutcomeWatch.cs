namespace Scp.Streams.Dispatch;

/// <summary>What a backend's actor wants to hear at once of the attempts there. Immutable; replaced as a whole.</summary>
/// <param name="Failures">The outcomes that count as failures: see <see cref="MaskOf"/>.</param>
/// <param name="Threshold">Failures in a row at which the alarm is raised; <see cref="int.MaxValue"/> is never.</param>
/// <param name="Alarm">Called once for each crossing, on whatever thread reported the failure; must neither block nor throw.</param>
public sealed record OutcomeWatch(uint Failures, int Threshold, Action Alarm)
{
    private const uint AllFailures = ~(1u << (int)AttemptOutcome.Success | 1u << (int)AttemptOutcome.Cancelled);

    /// <summary>Every failure counts and nobody is told.</summary>
    public static readonly OutcomeWatch Silent = new(AllFailures, int.MaxValue, () => { });

    public static uint MaskOf(IEnumerable<AttemptOutcome> failures) => failures.Aggregate(0u, (mask, f) => mask | 1u << (int)f);

    public bool IsFailure(AttemptOutcome outcome) => (Failures & 1u << (int)outcome) != 0;
}
