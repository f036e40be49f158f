using System.Text.Encodings.Web;
using System.Text.Json;

namespace Scp.Host.Replay.Results;

/// <summary>A result for programs: times in seconds since the start, waits in milliseconds, shares from 0 to 1.</summary>
internal static class ReplayJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write(ReplayResult result) => JsonSerializer.Serialize(
        new
        {
            result.Title,
            result.Seed,
            Duration = result.Duration.TotalSeconds,
            result.Passed,
            Expectations = result.Verdicts.Select(v => new { v.Expected, v.Found, v.Passed, At = v.At.TotalSeconds, v.Trace }),
            Totals = new
            {
                result.Totals.Requests,
                result.Totals.Failures,
                result.Totals.Retries,
                Milliseconds = Waits(result.Totals.P50, result.Totals.P99),
            },
            Backends = result.Backends.Select(b => new
            {
                b.Name,
                b.Attempts,
                b.Share,
                b.Refused,
                b.Answers,
                b.Errors,
                b.Probes,
                Milliseconds = Waits(b.P50, b.P99),
            }),
            Timeline = result.Timeline.Select(e => new { At = e.At.TotalSeconds, e.What, e.Text }),
        },
        Options);

    private static object Waits(TimeSpan p50, TimeSpan p99) => new { P50 = p50.TotalMilliseconds, P99 = p99.TotalMilliseconds };
}
