namespace Scp.Host.Replay.Results;

/// <summary>What a replay came to.</summary>
internal sealed record ReplayResult
{
    public required string Title { get; init; }

    public required long Seed { get; init; }

    public required TimeSpan Duration { get; init; }

    public required IReadOnlyList<TimelineEntry> Timeline { get; init; }

    public required IReadOnlyList<BackendRow> Backends { get; init; }

    public required Totals Totals { get; init; }

    public required IReadOnlyList<Verdict> Verdicts { get; init; }

    /// <summary>Turns of the loop: the cost of the run in something that does not depend on the machine.</summary>
    public required long Steps { get; init; }

    /// <summary>Work that other threads brought; above 0 the run need not repeat.</summary>
    public required int ForeignWork { get; init; }

    public bool Passed => Verdicts.All(v => v.Passed);
}

/// <summary>One backend in the table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Attempts">Attempts at forwarding that reached it or were refused there.</param>
/// <param name="Share">Of all attempts.</param>
/// <param name="Refused">Attempts that were refused.</param>
/// <param name="Answers">Answers of it that clients got.</param>
/// <param name="Errors">Those of them that were 5xx.</param>
/// <param name="Probes">Active probes.</param>
/// <param name="P50">Median of what clients waited for its answers.</param>
/// <param name="P99">99th percentile.</param>
internal sealed record BackendRow(
    string Name, int Attempts, double Share, int Refused, int Answers, int Errors, int Probes, TimeSpan P50, TimeSpan P99);

/// <summary>What all clients saw.</summary>
internal sealed record Totals(int Requests, int Failures, int Retries, TimeSpan P50, TimeSpan P99, TimeSpan Longest);

/// <summary>What became of one expectation.</summary>
/// <param name="Expected">In words.</param>
/// <param name="Found">In words.</param>
/// <param name="Passed">Whether it was met.</param>
/// <param name="At">When it was broken, or the moment it is about.</param>
/// <param name="Trace">The decision behind it; empty when it was met.</param>
internal sealed record Verdict(string Expected, string Found, bool Passed, TimeSpan At, IReadOnlyList<string> Trace);
