using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Actors.LoadBalancing;

/// <summary>
/// The backend with the fewest requests under way per weight, of all. Best for few backends and long requests; every pick looks at every
/// backend, and several proxies tend to find the same idle one at once.
/// </summary>
/// <remarks>
/// Ties are broken at random, so that it is not the first that gets all requests of a quiet pool, nor the one behind a busy one. One that
/// is drawn by weight and idle is taken without a look at the others: nobody has less. So shares of an idle pool are by weight.
/// </remarks>
public sealed class LeastRequestsPolicy : ILoadBalancingPolicy
{
    public const string PolicyName = "least-requests";

    public string Name => PolicyName;

    public object? Prepare(CandidateSet candidates) => new Ranking(candidates);

    public int Pick(in PickContext context, CandidateSet candidates, in TriedBackends tried)
    {
        if (candidates.Count == 0) return -1;
        var ranking = (Ranking)candidates.Prepared!;
        var drawn = ranking.Table?.Draw(context.Random) ?? context.Random.Next(candidates.Count);
        if (candidates.Backends[drawn].ActiveExchanges == 0 && candidates.IsOpen(drawn, tried)) return drawn;

        var salt = context.Random.Next() | 1;
        var least = ranking.Table is null ? ranking.Least(candidates.Backends, salt) : ranking.LeastPerWeight(candidates.Backends, salt);
        return candidates.IsOpen(least, tried) ? least : ranking.LeastOpen(candidates, tried, salt);
    }

    /// <summary>
    /// Orders candidates by load, then by a number of their own that differs for every salt: both in one word, so a comparison is one
    /// instruction and has no second case that a processor guesses wrong.
    /// </summary>
    private sealed class Ranking(CandidateSet candidates)
    {
        private readonly float[] _perWeight = [.. candidates.Weights.Select(w => 1f / w)];
        private readonly ulong[] _hashes = [.. Enumerable.Range(0, candidates.Count).Select(i => StableHash.Nth(0, i))];

        public AliasTable? Table { get; } = AliasTable.For(candidates);

        public int Least(Backend[] backends, ulong salt)
        {
            var hashes = _hashes.AsSpan(0, backends.Length);
            var (best, least) = (ulong.MaxValue, 0);
            for (var i = 0; i < backends.Length; i++)
            {
                var rank = ((ulong)backends[i].ActiveExchanges << 32) | ((hashes[i] * salt) >> 32);
                if (rank >= best) continue;
                (best, least) = (rank, i);
            }

            return least;
        }

        public int LeastPerWeight(Backend[] backends, ulong salt)
        {
            var (best, least) = (ulong.MaxValue, 0);
            for (var i = 0; i < backends.Length; i++)
            {
                var rank = RankOf(backends[i], i, salt);
                if (rank >= best) continue;
                (best, least) = (rank, i);
            }

            return least;
        }

        public int LeastOpen(CandidateSet candidates, in TriedBackends tried, ulong salt)
        {
            var (best, least) = (ulong.MaxValue, -1);
            for (var i = 0; i < candidates.Count; i++)
            {
                var rank = RankOf(candidates.Backends[i], i, salt);
                if (rank >= best || !candidates.IsOpen(i, tried)) continue;
                (best, least) = (rank, i);
            }

            return least;
        }

        /// <summary>Floats that are not negative are in the order of their bits.</summary>
        private ulong RankOf(Backend backend, int index, ulong salt) =>
            ((ulong)BitConverter.SingleToUInt32Bits(backend.ActiveExchanges * _perWeight[index]) << 32) | ((_hashes[index] * salt) >> 32);
    }
}
