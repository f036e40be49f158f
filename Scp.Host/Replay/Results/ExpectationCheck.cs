using Scp.Host.Replay.Scenarios;

namespace Scp.Host.Replay.Results;

/// <summary>Compares a run with what its scenario expects of it. Pure.</summary>
internal sealed class ExpectationCheck(RunRecord record, ScenarioSettings script, IReadOnlyDictionary<object, Explanation> explanations)
{
    /// <summary>A verdict for each expectation, in the order of the scenario's keys.</summary>
    public IReadOnlyList<Verdict> All()
    {
        var expect = script.Expect;
        return
        [
            .. expect.Shares.Select(Share), .. expect.Failures.Select(Failures), .. expect.Standings.Select(Standing),
            .. expect.Traffic.Select(Traffic), .. expect.Latency.Select(Latency), .. expect.Retries.Select(Retries),
            .. expect.Moved.Select(Moved), .. Decisions(expect.Decisions),
        ];
    }

    private Verdict Share(ShareExpectation expected)
    {
        var attempts = record.Attempts.Where(a => IsIn(a.At, expected)).ToList();
        var share = attempts.Count == 0 ? 0 : (double)attempts.Count(a => a.Backend == expected.Backend) / attempts.Count;
        return Of(
            expected,
            $"{expected.Backend} gets {Words.Percent(expected.Is)} of the requests, give or take {Words.Percent(expected.Within)}"
            + In(expected),
            Words.Percent(share), attempts.Count > 0 && Math.Abs(share - expected.Is) <= expected.Within);
    }

    private Verdict Failures(FailuresExpectation expected)
    {
        var (requests, failures) = (0, 0);
        foreach (var outcome in record.Outcomes)
        {
            if (!IsIn(outcome.At, expected)) continue;
            requests++;
            if (outcome.IsFailure) failures++;
        }

        var share = requests == 0 ? 0 : (double)failures / requests;
        var most = expected.AtMost == int.MaxValue ? "" : $", at most {expected.AtMost}";
        var least = expected.AtLeast == 0 ? "" : $", at least {expected.AtLeast}";
        var part = expected.ShareAtMost >= 1 ? "" : $", at most {Words.Percent(expected.ShareAtMost)}";
        return Of(
            expected, $"failed requests{least}{most}{part}{In(expected)}", $"{failures} of {requests}",
            failures >= expected.AtLeast && failures <= expected.AtMost && share <= expected.ShareAtMost);
    }

    private Verdict Standing(StandingExpectation expected)
    {
        var changes = record.Standings.Where(c => c.Backend == expected.Backend && c.Becomes(expected.Becomes)).ToList();
        var met = changes.Find(c => c.At >= expected.After.Ticks && c.At <= expected.By.Ticks);
        var found = met is not null ? Words.Seconds(TimeSpan.FromTicks(met.At))
            : changes.Find(c => c.At >= expected.After.Ticks) is { } late ? $"at {Words.Seconds(TimeSpan.FromTicks(late.At))}" : "never";
        return Of(
            expected,
            $"{expected.Backend} becomes {Words.Of(expected.Becomes)} from {Words.Seconds(expected.After)} to {Words.Seconds(expected.By)}",
            found, met is not null);
    }

    private Verdict Traffic(TrafficExpectation expected)
    {
        var attempts = record.Attempts.Count(a => a.Backend == expected.Backend && IsIn(a.At, expected));
        var least = expected.AtLeast == 0 ? "" : $", at least {expected.AtLeast}";
        var most = expected.AtMost == int.MaxValue ? "" : $", at most {expected.AtMost}";
        return Of(
            expected, $"attempts at {expected.Backend}{least}{most}{In(expected)}", $"{attempts}",
            attempts >= expected.AtLeast && attempts <= expected.AtMost);
    }

    private Verdict Latency(LatencyExpectation expected)
    {
        var waits = record.Outcomes.Where(o => !o.IsFailure && IsIn(o.At, expected)).Select(o => o.Latency).Order().ToList();
        var found = Percentiles.Of(waits, expected.Percentile);
        return Of(
            expected, $"p{expected.Percentile * 100:0.##} below {Words.Milliseconds(expected.Below)}{In(expected)}",
            Words.Milliseconds(found), waits.Count > 0 && found < expected.Below);
    }

    private Verdict Retries(RetriesExpectation expected)
    {
        var retries = record.Retries.Where(r => IsIn(r.At, expected)).Sum(r => r.Retries);
        var requests = record.Outcomes.Count(o => IsIn(o.At, expected));
        var share = requests == 0 ? 0 : (double)retries / requests;
        var least = expected.AtLeast == 0 ? "" : $", at least {expected.AtLeast}";
        var most = expected.AtMost == int.MaxValue ? "" : $", at most {expected.AtMost}";
        var part = expected.ShareAtMost >= 1 ? "" : $", at most {Words.Percent(expected.ShareAtMost)}";
        return Of(
            expected, $"retries{least}{most}{part}{In(expected)}", $"{retries} for {requests} requests",
            retries >= expected.AtLeast && retries <= expected.AtMost && share <= expected.ShareAtMost);
    }

    private Verdict Moved(MovedExpectation expected)
    {
        var before = new Dictionary<int, string>();
        var after = new Dictionary<int, string>();
        foreach (var outcome in record.Outcomes)
        {
            if (outcome.Backend is not { } backend) continue;
            if (outcome.EndedAt < expected.At.Ticks) before[outcome.Key] = backend;
            else if (outcome.At >= expected.At.Ticks && outcome.At < (expected.Until ?? TimeSpan.MaxValue).Ticks) after.TryAdd(outcome.Key, backend);
        }

        var both = after.Where(k => before.ContainsKey(k.Key)).ToList();
        var moved = both.Count(k => before[k.Key] != k.Value);
        var share = both.Count == 0 ? 0 : (double)moved / both.Count;
        return Of(
            expected,
            $"keys that move at {Words.Seconds(expected.At)}: {Words.Percent(expected.AtLeast)} to {Words.Percent(expected.AtMost)}",
            $"{moved} of {both.Count}, {Words.Percent(share)}",
            both.Count > 0 && share >= expected.AtLeast && share <= expected.AtMost);
    }

    private IEnumerable<Verdict> Decisions(IReadOnlyList<string> expected)
    {
        if (expected.Count == 0) yield break;
        var found = record.Attempts.Take(expected.Count).Select(a => a.Backend).ToList();
        yield return Of(expected, $"the first decisions are {string.Join(" ", expected)}", string.Join(" ", found), found.SequenceEqual(expected));
    }

    private Verdict Of(object expectation, string expected, string found, bool passed)
    {
        var explanation = explanations.GetValueOrDefault(expectation);
        return new Verdict(expected, found, passed, explanation?.At ?? script.Duration, passed ? [] : explanation?.Lines ?? []);
    }

    private static bool IsIn(long at, IWindow window) =>
        at >= (window.From ?? TimeSpan.Zero).Ticks && (window.Until is not { } until || at < until.Ticks);

    private static string In(IWindow window) => window switch
    {
        { From: { } from, Until: { } until } => $", from {Words.Seconds(from)} to {Words.Seconds(until)}",
        { From: { } from } => $", from {Words.Seconds(from)}",
        { Until: { } until } => $", until {Words.Seconds(until)}",
        _ => "",
    };
}
