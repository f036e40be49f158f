using System.Runtime.CompilerServices;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Actors.LoadBalancing;

/// <summary>Draws two different candidates, by weight where weights differ (Mitzenmacher 2001: two choices are enough).</summary>
internal static class TwoChoices
{
    /// <summary>Draws until two open ones are found; then a random open one has to do, which takes a look at all.</summary>
    private const int MaxDraws = 4;

    /// <summary>Two that are open. False when there was no such pair: then <paramref name="first"/> is what to pick, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryDraw(CandidateSet candidates, in TriedBackends tried, PickRandom random, out int first, out int second)
    {
        if (candidates.Count > 1)
        {
            Draw(candidates, random, out first, out second);
            if (candidates.IsOpen(first, tried) && candidates.IsOpen(second, tried)) return true;
        }

        return TryDrawAgain(candidates, tried, random, out first, out second);
    }

    private static bool TryDrawAgain(CandidateSet candidates, in TriedBackends tried, PickRandom random, out int first, out int second)
    {
        for (var draws = candidates.Count > 1 ? 1 : MaxDraws; draws < MaxDraws; draws++)
        {
            Draw(candidates, random, out first, out second);
            if (candidates.IsOpen(first, tried) && candidates.IsOpen(second, tried)) return true;
        }

        first = second = candidates.RandomOpen(tried, random);
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Draw(CandidateSet candidates, PickRandom random, out int first, out int second)
    {
        if (candidates.HasWeights)
        {
            DrawByWeight((AliasTable)candidates.Prepared!, random, candidates.Count, out first, out second);
            return;
        }

        var draw = random.Next(); // two numbers of 32 bits
        first = (int)(((draw >> 32) * (ulong)candidates.Count) >> 32);
        second = Other(first, (int)(((draw & uint.MaxValue) * (ulong)(candidates.Count - 1)) >> 32));
    }

    private static void DrawByWeight(AliasTable table, PickRandom random, int count, out int first, out int second)
    {
        first = table.Draw(random);
        for (var draws = 0; draws < MaxDraws; draws++)
        {
            second = table.Draw(random);
            if (second != first) return;
        }

        second = Other(first, random.Next(count - 1)); // one weight outweighs all: any other will do
    }

    /// <summary>A number from one range less, over all but the first. Without a branch: it would be guessed wrong half of the time.</summary>
    private static int Other(int first, int drawn) => drawn + 1 + ((drawn - first) >> 31);
}
