using Scp.Streams.Settings;

namespace Scp.Host.Replay.Scenarios;

/// <summary>What must be true of a run, all of it.</summary>
internal sealed record Expectations
{
    [Template("scenario.defaults.share")]
    public required IReadOnlyList<ShareExpectation> Shares { get; init; }

    [Template("scenario.defaults.failures")]
    public required IReadOnlyList<FailuresExpectation> Failures { get; init; }

    [Template("scenario.defaults.standing")]
    public required IReadOnlyList<StandingExpectation> Standings { get; init; }

    [Template("scenario.defaults.traffic")]
    public required IReadOnlyList<TrafficExpectation> Traffic { get; init; }

    [Template("scenario.defaults.latency")]
    public required IReadOnlyList<LatencyExpectation> Latency { get; init; }

    [Template("scenario.defaults.retries")]
    public required IReadOnlyList<RetriesExpectation> Retries { get; init; }

    [Template("scenario.defaults.moved")]
    public required IReadOnlyList<MovedExpectation> Moved { get; init; }

    /// <summary>The backends of the first attempts at forwarding, in order.</summary>
    public required IReadOnlyList<string> Decisions { get; init; }

    /// <summary>How many there are.</summary>
    public int Count =>
        Shares.Count + Failures.Count + Standings.Count + Traffic.Count + Latency.Count + Retries.Count + Moved.Count + Decisions.Count;
}

/// <summary>A part of the run; null is its beginning or its end.</summary>
internal interface IWindow
{
    TimeSpan? From { get; }

    TimeSpan? Until { get; }
}

/// <summary>The share of the forwarded requests that reached a backend.</summary>
internal sealed record ShareExpectation : IWindow
{
    public required string Backend { get; init; }

    [Percent]
    public required double Is { get; init; }

    /// <summary>How far it may be off, in percentage points.</summary>
    [Percent]
    public required double Within { get; init; }

    public TimeSpan? From { get; init; }

    public TimeSpan? Until { get; init; }
}

/// <summary>Requests that a client saw fail: a 5xx, a connection that was cut, an answer that did not come in time.</summary>
internal sealed record FailuresExpectation : IWindow
{
    [InRange(0, 1_000_000_000)]
    public required int AtLeast { get; init; }

    [InRange(0, 1_000_000_000)]
    [AllowOff]
    public required int AtMost { get; init; }

    /// <summary>Of all requests of the window.</summary>
    [Percent]
    public required double ShareAtMost { get; init; }

    public TimeSpan? From { get; init; }

    public TimeSpan? Until { get; init; }
}

/// <summary>How a backend stands: what of it must begin in a window of time.</summary>
internal sealed record StandingExpectation
{
    public required string Backend { get; init; }

    /// <summary>What it must become.</summary>
    public required ExpectedStanding Becomes { get; init; }

    public required TimeSpan After { get; init; }

    public required TimeSpan By { get; init; }
}

internal enum ExpectedStanding
{
    /// <summary>New requests may go to it.</summary>
    Available,

    /// <summary>No new request goes to it, whatever the reason.</summary>
    Excluded,

    Down,

    Suspect,

    Ejected,

    Draining,

    Maintenance,

    CircuitOpen,

    HalfOpen,
}

/// <summary>Attempts at forwarding that reach a backend.</summary>
internal sealed record TrafficExpectation : IWindow
{
    public required string Backend { get; init; }

    [InRange(0, 1_000_000_000)]
    public required int AtLeast { get; init; }

    [InRange(0, 1_000_000_000)]
    [AllowOff]
    public required int AtMost { get; init; }

    public TimeSpan? From { get; init; }

    public TimeSpan? Until { get; init; }
}

/// <summary>A percentile of what clients waited for answers, failures not counted.</summary>
internal sealed record LatencyExpectation : IWindow
{
    [Percent]
    public required double Percentile { get; init; }

    public required TimeSpan Below { get; init; }

    public TimeSpan? From { get; init; }

    public TimeSpan? Until { get; init; }
}

/// <summary>Attempts beyond the first ones.</summary>
internal sealed record RetriesExpectation : IWindow
{
    [InRange(0, 1_000_000_000)]
    public required int AtLeast { get; init; }

    [InRange(0, 1_000_000_000)]
    [AllowOff]
    public required int AtMost { get; init; }

    /// <summary>Relative to the requests of the window.</summary>
    [Percent]
    public required double ShareAtMost { get; init; }

    public TimeSpan? From { get; init; }

    public TimeSpan? Until { get; init; }
}

/// <summary>Keys whose backend is another one after a moment than before.</summary>
internal sealed record MovedExpectation
{
    public required TimeSpan At { get; init; }

    /// <summary>Where keys are looked for after it; null is to the end.</summary>
    public TimeSpan? Until { get; init; }

    [Percent]
    public required double AtLeast { get; init; }

    [Percent]
    public required double AtMost { get; init; }
}
