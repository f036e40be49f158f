using System.Globalization;
using Scp.Host.Replay.Results;
using Scp.Streams.Settings;

namespace Scp.Host.Replay.Scenarios;

/// <summary>A scenario (section scenario of its file). Defaults and meanings are in hocon/scenario-reference.conf.</summary>
internal sealed record ScenarioSettings
{
    /// <summary>What happens, in a sentence.</summary>
    [NotEmpty]
    public required string Title { get; init; }

    /// <summary>Seed of all randomness of the run.</summary>
    public required long Seed { get; init; }

    [InRange("1s", "1d")]
    public required TimeSpan Duration { get; init; }

    /// <summary>The virtual backends by name.</summary>
    [NotEmpty]
    [Template("scenario.defaults.backend")]
    public required IReadOnlyDictionary<string, BackendScript> Backends { get; init; }

    /// <summary>The virtual clients by name.</summary>
    [NotEmpty]
    [Template("scenario.defaults.client", Noun = "group of clients")]
    public required IReadOnlyDictionary<string, ClientScript> Clients { get; init; }

    /// <summary>What an operator does.</summary>
    [Template("scenario.defaults.operation")]
    public required IReadOnlyList<Operation> Operations { get; init; }

    public required Expectations Expect { get; init; }
}

/// <summary>How a virtual backend behaves.</summary>
internal sealed record BackendScript
{
    /// <summary>The address at which a pool of the configuration knows it.</summary>
    public required string Address { get; init; }

    public required LatencySettings Latency { get; init; }

    /// <summary>Requests that it works on at once; more wait in line.</summary>
    [InRange(1, 100_000)]
    [AllowOff]
    public required int Workers { get; init; }

    /// <summary>Share of its answers that are 500 when nothing else is said.</summary>
    [Percent]
    public required double Errors { get; init; }

    [Template("scenario.defaults.change")]
    public required IReadOnlyList<BackendChange> Changes { get; init; }
}

/// <summary>The time that a backend takes for a request: one of constant, from and to, mean, p50 and p99.</summary>
internal sealed record LatencySettings
{
    /// <summary>Always the same.</summary>
    public TimeSpan? Constant { get; init; }

    /// <summary>Uniform, from here...</summary>
    public TimeSpan? From { get; init; }

    /// <summary>...to here.</summary>
    public TimeSpan? To { get; init; }

    /// <summary>Exponential.</summary>
    public TimeSpan? Mean { get; init; }

    /// <summary>Log-normal: the median...</summary>
    public TimeSpan? P50 { get; init; }

    /// <summary>...and the 99th percentile.</summary>
    public TimeSpan? P99 { get; init; }

    /// <summary>Exactly one of the four forms is given.</summary>
    public bool IsOneForm =>
        (Constant is not null ? 1 : 0) + (From is not null && To is not null ? 1 : 0) + (Mean is not null ? 1 : 0)
            + (P50 is not null && P99 is not null ? 1 : 0) == 1
        && (From is null) == (To is null) && (P50 is null) == (P99 is null);
}

/// <summary>What happens to a backend.</summary>
internal enum Behaviour
{
    /// <summary>Its process dies: connections are cut, new ones refused.</summary>
    Crash,

    /// <summary>It takes requests and never answers.</summary>
    Hang,

    /// <summary>Packets to it are lost.</summary>
    Unreachable,

    /// <summary>It takes factor times as long.</summary>
    Slow,

    /// <summary>That share of its answers is 500.</summary>
    Fail,

    /// <summary>That share of its answers is cut behind the head.</summary>
    Reset,

    /// <summary>It starts anew, in good health.</summary>
    Return,
}

/// <summary>A change of a backend's behaviour.</summary>
internal sealed record BackendChange
{
    public required TimeSpan At { get; init; }

    public required Behaviour Does { get; init; }

    /// <summary>For slow.</summary>
    [InRange(0.001, 1_000_000)]
    public required double Factor { get; init; }

    /// <summary>For fail and reset.</summary>
    [Percent]
    public required double Share { get; init; }

    /// <summary>It happens again after so long, to the end of the run.</summary>
    [AllowOff]
    public required TimeSpan Every { get; init; }

    /// <summary>In words, for the timeline.</summary>
    public string Text => Does switch
    {
        Behaviour.Crash => "crashes",
        Behaviour.Hang => "hangs",
        Behaviour.Unreachable => "cannot be reached",
        Behaviour.Slow => string.Create(CultureInfo.InvariantCulture, $"is {Factor} times as slow"),
        Behaviour.Fail => $"answers 500 to {Words.Percent(Share)}",
        Behaviour.Reset => $"cuts {Words.Percent(Share)} of its answers",
        _ => "is back",
    };
}
