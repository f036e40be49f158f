using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Actors.LoadBalancing;

/// <summary>
/// Backends take turns as often as their weights say, evenly mixed: see <see cref="SmoothSchedule"/>. Retries count apart, as in
/// <see cref="RoundRobinPolicy"/>. A turn of a backend that is not open is lost, so its load goes to all others and not to the next one.
/// </summary>
public sealed class WeightedRoundRobinPolicy : ILoadBalancingPolicy
{
    public const string PolicyName = "weighted-round-robin";

    private int _first = -1;
    private int _retries = -1;

    public string Name => PolicyName;

    public object? Prepare(CandidateSet candidates) => SmoothSchedule.For(candidates);

    public int Pick(in PickContext context, CandidateSet candidates, in TriedBackends tried)
    {
        var turns = ((SmoothSchedule)candidates.Prepared!).Turns;
        if (turns.Length == 0) return -1;
        if (tried.Count == 0)
        {
            var index = Next(ref _first, turns);
            if (candidates.HasRoom(index)) return index;
        }

        // When a heavy one is closed its turns come many times in a row.
        for (var attempts = 2 * Math.Min(candidates.Count, 32); attempts > 0; attempts--)
        {
            var index = Next(ref _retries, turns);
            if (candidates.IsOpen(index, tried)) return index;
        }

        return candidates.RandomOpen(tried, context.Random);
    }

    private static int Next(ref int counter, int[] turns) => turns[(int)((uint)Interlocked.Increment(ref counter) % (uint)turns.Length)];
}
