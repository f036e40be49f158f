using Scp.Host.Replay.Scenarios;
using Scp.Host.Replay.Time;

namespace Scp.Host.Replay.Results;

/// <summary>How things stood at the moment that an expectation is about.</summary>
internal sealed record Explanation(TimeSpan At, IReadOnlyList<string> Lines);

/// <summary>
/// Keeps for every expectation the decision at the moment at which it is settled: the failure that is one too many, the pick that is
/// another than expected, else the end of its window.
/// </summary>
internal sealed class Explanations
{
    private readonly VirtualLoop _loop;
    private readonly Func<IReadOnlyList<string>> _explain;
    private readonly ScenarioSettings _script;
    private readonly Dictionary<FailuresExpectation, int> _failures = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<object, Explanation> _kept = new(ReferenceEqualityComparer.Instance);
    private int _attempts;

    /// <param name="loop">Its time.</param>
    /// <param name="script">What is expected.</param>
    /// <param name="explain">Says which decision the proxy would make now, and why.</param>
    public Explanations(VirtualLoop loop, ScenarioSettings script, Func<IReadOnlyList<string>> explain)
    {
        (_loop, _script, _explain) = (loop, script, explain);
        var expect = script.Expect;
        foreach (var standing in expect.Standings) At(standing.By, standing);
        foreach (var moved in expect.Moved) At(moved.At, moved);
        IEnumerable<IWindow> windows =
            [.. expect.Shares, .. expect.Failures, .. expect.Traffic, .. expect.Latency, .. expect.Retries];
        foreach (var window in windows) At(window.Until ?? script.Duration, window);
    }

    public IReadOnlyDictionary<object, Explanation> Kept => _kept;

    /// <summary>A client saw a request fail.</summary>
    public void OnFailed(ClientOutcome outcome)
    {
        foreach (var expected in _script.Expect.Failures)
        {
            var at = TimeSpan.FromTicks(outcome.At);
            if (at < expected.From || at >= expected.Until) continue;
            var count = _failures[expected] = _failures.GetValueOrDefault(expected) + 1;
            if (count == (expected.AtMost == int.MaxValue ? 1 : expected.AtMost + 1)) Keep(expected);
        }
    }

    /// <summary>The proxy made an attempt.</summary>
    public void OnAttempt(Attempt attempt)
    {
        var expected = _script.Expect.Decisions;
        if (_attempts < expected.Count && expected[_attempts] != attempt.Backend) Keep(expected);
        _attempts++;
    }

    private void At(TimeSpan moment, object expectation) => _loop.At(moment.Ticks, () => Keep(expectation));

    private void Keep(object expectation)
    {
        if (!_kept.ContainsKey(expectation)) _kept[expectation] = new Explanation(_loop.Elapsed, _explain());
    }
}
