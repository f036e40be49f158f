using Scp.Streams.Balancing;

namespace Scp.Actors.LoadBalancing;

/// <summary>Draws an index by weight in constant time: the alias method (Walker 1977, built as in Vose 1991).</summary>
internal sealed class AliasTable
{
    /// <summary>Of 2^32 draws of a column, those below keep it; the others go to its alias.</summary>
    private readonly uint[] _kept;

    private readonly int[] _alias;

    public AliasTable(ReadOnlySpan<int> weights)
    {
        _kept = new uint[weights.Length];
        _alias = new int[weights.Length];
        long total = 0;
        foreach (var weight in weights) total += weight;

        // In units of total / n, so everything is a whole number: a column is full at `total`.
        var scaled = new long[weights.Length];
        var (small, large) = (new Stack<int>(), new Stack<int>());
        for (var i = 0; i < weights.Length; i++)
        {
            scaled[i] = (long)weights[i] * weights.Length;
            (scaled[i] < total ? small : large).Push(i);
        }

        while (small.TryPop(out var less) && large.TryPop(out var more))
        {
            Fill(less, scaled[less], total, more);
            scaled[more] -= total - scaled[less];
            (scaled[more] < total ? small : large).Push(more);
        }

        while (large.TryPop(out var full)) Fill(full, total, total, full);
    }

    public int Draw(PickRandom random)
    {
        var draw = random.Next();
        var column = (int)(((draw >> 32) * (ulong)_kept.Length) >> 32);
        return (uint)draw < _kept[column] ? column : _alias[column];
    }

    /// <summary>The table of a set, or null when its weights are equal and a plain draw does.</summary>
    public static AliasTable? For(CandidateSet candidates) => candidates.HasWeights ? new AliasTable(candidates.Weights) : null;

    private void Fill(int column, long content, long total, int alias)
    {
        _kept[column] = (uint)Math.Min(uint.MaxValue, ((ulong)content << 32) / (ulong)total);
        _alias[column] = alias;
    }
}
