using Scp.Streams.Balancing;
using Scp.Host.Replay.Scenarios;

namespace Scp.Host.Replay.Results;

/// <summary>A backend's standing became another one; null where it was not there, or is not any more.</summary>
internal sealed record StandingChange(long At, string Pool, string Backend, BackendStanding? Before, BackendStanding? After)
{
    /// <summary>Whether what is expected began with this change.</summary>
    public bool Becomes(ExpectedStanding expected) => Is(After, expected) && !Is(Before, expected);

    /// <summary>The facts that differ, in words; empty when none that people care for does.</summary>
    public string Text => string.Join(", ", Differences());

    public static bool Is(BackendStanding? standing, ExpectedStanding expected) => expected switch
    {
        ExpectedStanding.Available => standing is { Exclusion: Exclusion.None },
        ExpectedStanding.Excluded => standing is not { Exclusion: Exclusion.None },
        ExpectedStanding.Down => standing is { Health: HealthStatus.Down },
        ExpectedStanding.Suspect => standing is { Health: HealthStatus.Suspect },
        ExpectedStanding.Ejected => standing is { Health: HealthStatus.Ejected },
        ExpectedStanding.Draining => standing is { Administrative: AdministrativeState.Draining },
        ExpectedStanding.Maintenance => standing is { Administrative: AdministrativeState.Maintenance },
        ExpectedStanding.CircuitOpen => standing is { Circuit: CircuitState.Open },
        _ => standing is { Circuit: CircuitState.HalfOpen },
    };

    private IEnumerable<string> Differences()
    {
        if (Before is null)
        {
            yield return "is a member";
            if (After!.Exclusion != Exclusion.None) yield return $"but {Words.Of(After.Exclusion)}";
            yield break;
        }

        if (After is null)
        {
            yield return "is no member any more";
            yield break;
        }

        if (Before.Health != After.Health) yield return Words.Of(After.Health);
        if (Before.Administrative != After.Administrative) yield return Words.Of(After.Administrative);
        if (Before.Circuit != After.Circuit) yield return $"circuit {Words.Of(After.Circuit)}";
        if (Before.Weight != After.Weight) yield return $"weight {After.Weight}";
        if (Before.WarmingSince != After.WarmingSince)
            yield return After.WarmingSince == BackendStanding.NotWarming ? "slow start over" : "slow start";
    }
}
