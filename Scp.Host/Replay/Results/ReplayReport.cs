using System.Globalization;
using System.Text;

namespace Scp.Host.Replay.Results;

/// <summary>A result as a terminal shows it. Pure.</summary>
internal static class ReplayReport
{
    public static string Render(ReplayResult result, bool withTimeline)
    {
        var text = new StringBuilder();
        text.Append($"{result.Title}\n{Words.Seconds(result.Duration)} of virtual time, seed {result.Seed}\n\n");
        if (withTimeline) Timeline(text, result);
        Backends(text, result);
        Summary(text, result);
        foreach (var verdict in result.Verdicts)
            text.Append($"{(verdict.Passed ? "ok    " : "BROKEN")}  {verdict.Expected}: {verdict.Found}\n");
        if (result.Verdicts.FirstOrDefault(v => !v.Passed) is { } broken) Explain(text, broken);
        if (result.ForeignWork > 0)
            text.Append($"\n{result.ForeignWork} pieces of work came from other threads: this run need not repeat.\n");
        return text.ToString();
    }

    private static void Timeline(StringBuilder text, ReplayResult result)
    {
        foreach (var entry in result.Timeline) text.Append($"{Words.Seconds(entry.At),12}  {entry.What,-8}  {entry.Text}\n");
        if (result.Timeline.Count > 0) text.Append('\n');
    }

    private static void Backends(StringBuilder text, ReplayResult result)
    {
        var width = Math.Max("backend".Length, result.Backends.Max(b => b.Name.Length));
        text.Append($"{"backend".PadRight(width)}  attempts    share  refused  answers  errors  probes        p50        p99\n");
        foreach (var b in result.Backends)
        {
            text.Append(string.Create(
                CultureInfo.InvariantCulture,
                $"{b.Name.PadRight(width)}  {b.Attempts,8}  {b.Share * 100,5:0.0} %  {b.Refused,7}  {b.Answers,7}  {b.Errors,6}  {b.Probes,6}  "
                + $"{Words.Milliseconds(b.P50),9}  {Words.Milliseconds(b.P99),9}\n"));
        }
    }

    private static void Summary(StringBuilder text, ReplayResult result)
    {
        var t = result.Totals;
        text.Append(
            $"\n{t.Requests} requests, {t.Failures} failed, {t.Retries} retries; p50 {Words.Milliseconds(t.P50)}, "
            + $"p99 {Words.Milliseconds(t.P99)}, longest {Words.Milliseconds(t.Longest)}\n\n");
    }

    private static void Explain(StringBuilder text, Verdict broken)
    {
        text.Append($"\nThe first broken expectation, at {Words.Seconds(broken.At)}:\n");
        foreach (var line in broken.Trace) text.Append($"  {line}\n");
    }
}
