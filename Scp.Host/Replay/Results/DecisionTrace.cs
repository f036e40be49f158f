using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Host.Replay.Results;

/// <summary>The decision that the proxy would make now, in words: each backend of the pool with why it is no candidate, then the pick.</summary>
internal static class DecisionTrace
{
    public static IEnumerable<string> Of(PoolSnapshot pool, long now)
    {
        yield return $"pool {pool.Name}, {pool.Policy.Name}, {pool.Available} of {pool.Standings.Count} available";
        foreach (var standing in pool.Standings)
        {
            var why = standing.Exclusion == Exclusion.None ? "candidate" : Words.Of(standing.Exclusion);
            yield return $"  {standing.Backend.Name}: {why}, priority {standing.Priority}, weight {standing.Weight}, "
                + $"{standing.Backend.ActiveExchanges} under way";
        }

        var tracer = new Tracer([]);
        var pick = BackendDecision.Pick(pool, default, default, now, new PickRandom(1), ref tracer);
        foreach (var line in tracer.Lines) yield return "  " + line;
        yield return pick.Backend is { } backend
            ? $"  a request now goes to {backend.Name}, by {Words.Of(pick.Reason)}"
            : $"  a request now goes nowhere: {Words.Of(pick.Refusal)}";
    }

    private readonly struct Tracer(List<string> lines) : IPickTracer
    {
        public List<string> Lines { get; } = lines;

        public void SessionRefused(Backend backend, Exclusion exclusion) =>
            Lines.Add($"the session's backend {backend.Name} is refused: {Words.Of(exclusion)}");

        public void TierChosen(PoolTier tier) => Lines.Add(
            $"tier {tier.Priority} with {tier.Candidates.Count} candidates{(tier.IsPanic ? ", in panic" : "")}");

        public void LeftToWarm(Backend backend) => Lines.Add($"{backend.Name} is left to warm");
    }
}
