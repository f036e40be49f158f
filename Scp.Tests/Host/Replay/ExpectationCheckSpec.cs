using Scp.Host.Replay.Results;

namespace Scp.Tests.Host.Replay;

/// <summary>Each kind of expectation is met, and broken, by one and the same quiet run.</summary>
public class ExpectationCheckSpec
{
    [Theory]
    [InlineData("shares = [{ backend = a, is = 33%, within = 1% }]", true)]
    [InlineData("shares = [{ backend = a, is = 50%, within = 1% }]", false)]
    [InlineData("failures = [{ at-most = 0 }]", true)]
    [InlineData("failures = [{ at-least = 1 }]", false)]
    [InlineData("standings = [{ backend = a, becomes = available, by = 1s }]", true)]
    [InlineData("standings = [{ backend = a, becomes = ejected, by = 1s }]", false)]
    [InlineData("traffic = [{ backend = a, at-least = 66, at-most = 67 }]", true)]
    [InlineData("traffic = [{ backend = a, from = 5s, at-least = 66 }]", false)]
    [InlineData("latency = [{ percentile = 99%, below = 10.6ms }]", true)]
    [InlineData("latency = [{ percentile = 50%, below = 10ms }]", false)]
    [InlineData("retries = [{ share-at-most = 0% }]", true)]
    [InlineData("retries = [{ at-least = 1 }]", false)]
    [InlineData("moved = [{ at = 5s, at-least = 10% }]", true)]
    [InlineData("moved = [{ at = 5s, at-most = 0% }]", false)]
    [InlineData("decisions = [a, b, c, a]", true)]
    [InlineData("decisions = [a, b, b, a]", false)]
    public void An_expectation_is_met_or_broken(string expectation, bool met)
    {
        // Few keys, so that each is seen before and after.
        var result = Replays.Run($"scenario {{ clients.some.keys = 5, expect {{ {expectation} }} }}");

        Assert.Equal(met, Assert.Single(result.Verdicts).Passed);
    }

    [Fact]
    public void A_broken_one_comes_with_the_decision_at_that_moment()
    {
        var verdict = Replays.Run("scenario.expect.decisions = [a, b, b]").Verdicts[0];

        Assert.Equal(TimeSpan.FromSeconds(0.15) + TimeSpan.FromMilliseconds(0.5), verdict.At);
        Assert.Equal("pool main, round-robin, 3 of 3 available", verdict.Trace[0]);
        Assert.Contains("  c: candidate, priority 0, weight 1, 1 under way", verdict.Trace);
        Assert.StartsWith("  a request now goes to ", verdict.Trace[^1]);
    }

    [Fact]
    public void Failures_are_explained_at_the_first_one_too_many()
    {
        var result = Replays.Run("""
            scenario {
              backends { a { errors = 100% }, b { errors = 100% }, c { errors = 100% } }
              expect.failures = [{ at-most = 3 }]
            }
            """);

        Assert.InRange(result.Verdicts[0].At.TotalMilliseconds, 200, 211); // the fourth request
        Assert.NotEmpty(result.Verdicts[0].Trace);
    }

    [Fact]
    public void The_report_shows_the_first_broken_one_with_its_trace()
    {
        var result = Replays.Run("scenario.expect { failures = [{ at-most = 0 }], decisions = [a, b, b] }");

        var report = ReplayReport.Render(result, withTimeline: false);

        Assert.Contains("ok      failed requests, at most 0: 0 of 199\n", report);
        Assert.Contains("BROKEN  the first decisions are a b b: a b c\n", report);
        Assert.Contains("\nThe first broken expectation, at 0.151 s:\n  pool main, round-robin, 3 of 3 available\n", report);
    }
}
