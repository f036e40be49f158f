using Scp.Host.Replay.Network;
using Scp.Host.Replay.Scenarios;
using Scp.Host.Replay.Time;

namespace Scp.Host.Replay.Results;

/// <summary>Sums a run up. Pure.</summary>
internal static class ResultTables
{
    /// <summary>Failures that follow each other faster than this are one line of the timeline.</summary>
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(1);

    public static ReplayResult Build(
        RunRecord record, ScenarioSettings script, long seed, IReadOnlyList<Verdict> verdicts, VirtualLoop loop) => new()
    {
        Title = script.Title,
        Seed = seed,
        Duration = script.Duration,
        Timeline = [.. record.Timeline.Concat(Bursts(record)).OrderBy(e => e.At)], // a stable sort
        Backends = [.. script.Backends.Keys.Select(name => Row(record, name))],
        Totals = TotalsOf(record),
        Verdicts = verdicts,
        Steps = loop.Steps,
        ForeignWork = loop.ForeignWork,
    };

    private static BackendRow Row(RunRecord record, string name)
    {
        var attempts = record.Attempts.Where(a => a.Backend == name).ToList();
        var answers = record.Outcomes.Where(o => o.Backend == name).ToList();
        var waits = answers.Select(a => a.Latency).Order().ToList();
        return new BackendRow(
            name, attempts.Count, record.Attempts.Count == 0 ? 0 : (double)attempts.Count / record.Attempts.Count,
            attempts.Count(a => a.IsRefused), answers.Count, answers.Count(a => a.IsFailure), record.Probes.GetValueOrDefault(name),
            Percentiles.Of(waits, 0.5), Percentiles.Of(waits, 0.99));
    }

    private static Totals TotalsOf(RunRecord record)
    {
        var waits = record.Outcomes.Where(o => !o.IsFailure).Select(o => o.Latency).Order().ToList();
        return new Totals(
            record.Outcomes.Count, record.Outcomes.Count(o => o.IsFailure), record.Retries.Sum(r => r.Retries),
            Percentiles.Of(waits, 0.5), Percentiles.Of(waits, 0.99), Percentiles.Of(waits, 1));
    }

    private static IEnumerable<TimelineEntry> Bursts(RunRecord record)
    {
        var burst = new List<ClientOutcome>();
        foreach (var failure in record.Outcomes.Where(o => o.IsFailure).OrderBy(o => o.EndedAt))
        {
            if (burst.Count > 0 && failure.EndedAt - burst[^1].EndedAt > Burst.Ticks)
            {
                yield return Describe(burst);
                burst.Clear();
            }

            burst.Add(failure);
        }

        if (burst.Count > 0) yield return Describe(burst);
    }

    private static TimelineEntry Describe(List<ClientOutcome> burst)
    {
        var kinds = burst.GroupBy(NameOf).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => $"{g.Count()} {g.Key}");
        var until = burst.Count == 1 ? "" : $", until {Words.Seconds(TimeSpan.FromTicks(burst[^1].EndedAt))}";
        return new TimelineEntry(TimeSpan.FromTicks(burst[0].EndedAt), "clients", $"failures: {string.Join(", ", kinds)}{until}");
    }

    private static string NameOf(ClientOutcome failure) => failure.Reason switch
    {
        NoAnswer.Cut => "cut",
        NoAnswer.TimedOut => "timed out",
        _ => $"x {failure.Status}",
    };
}
