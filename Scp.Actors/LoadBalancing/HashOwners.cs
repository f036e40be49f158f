using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Actors.LoadBalancing;

/// <summary>
/// The places of a hash table with the candidate that owns each. A key goes to the owner of its place, or to one further on when that
/// owner is not open or has more than its bounded load (Mirrokni, Thorup, Zadimoghaddam 2018).
/// </summary>
/// <remarks>
/// A candidate's bound is ceil(c x (requests under way + 1) x weight / all weights), so as long as all are open one is always below it.
/// </remarks>
internal sealed class HashOwners
{
    /// <summary>Places that are looked at: with c = 1.25 at most 80 % of the candidates can be above the bound, and 0.8^64 is 6e-7.</summary>
    private const int MaxSteps = 64;

    private readonly int[] _owners;
    private readonly double _boundPerWeight;
    private readonly int _sumsEvery;
    private long _sum;

    /// <param name="owners">Index of a candidate for each place.</param>
    /// <param name="candidates">Who they are.</param>
    /// <param name="boundedLoad">c, at least 1; null for no bound.</param>
    public HashOwners(int[] owners, CandidateSet candidates, double? boundedLoad)
    {
        _owners = owners;
        _boundPerWeight = (boundedLoad ?? 0) / Math.Max(1, candidates.Weights.Sum(w => (long)w));
        _sumsEvery = Math.Max(1, candidates.Count / 16);
    }

    /// <summary>The owner of each place.</summary>
    public IReadOnlyList<int> Places => _owners;

    public int Pick(int place, CandidateSet candidates, in TriedBackends tried, PickRandom random)
    {
        var owner = _owners[place];
        if (candidates.IsOpen(owner, tried) && (_boundPerWeight <= 0 || candidates.Backends[owner].ActiveExchanges == 0)) return owner;
        var sum = _boundPerWeight <= 0 ? 0 : SumOf(candidates.Backends, random);
        var last = -1;
        for (var steps = Math.Min(MaxSteps, _owners.Length); steps > 0; steps--)
        {
            owner = _owners[place];
            if (owner != last && candidates.IsOpen(owner, tried) && IsBelowBound(owner, candidates, sum)) return owner;
            last = owner;
            if (++place == _owners.Length) place = 0;
        }

        return FirstBelowBound(last, sum, candidates, tried) is var found and >= 0 ? found : candidates.RandomOpen(tried, random);
    }

    private int FirstBelowBound(int from, long sum, CandidateSet candidates, in TriedBackends tried)
    {
        for (var i = 0; i < candidates.Count; i++)
        {
            var index = (from + i) % candidates.Count;
            if (candidates.IsOpen(index, tried) && IsBelowBound(index, candidates, sum)) return index;
        }

        return -1;
    }

    private bool IsBelowBound(int index, CandidateSet candidates, long sum) =>
        _boundPerWeight <= 0
        || candidates.Backends[index].ActiveExchanges < Math.Ceiling(_boundPerWeight * (sum + 1) * candidates.Weights[index]);

    /// <summary>
    /// Requests under way at all candidates. From 32 of them on the sum is taken anew once in so many picks as there are sixteenths of the
    /// pool: so a pick costs the same for any number, and the average lags by about 1/16 of a request for each backend.
    /// </summary>
    private long SumOf(Backend[] backends, PickRandom random)
    {
        if (_sumsEvery > 1 && Volatile.Read(ref _sum) is var known and > 0 && random.Next(_sumsEvery) != 0) return known;
        var sum = 0L;
        foreach (var backend in backends) sum += backend.ActiveExchanges;
        Volatile.Write(ref _sum, sum);
        return sum;
    }
}
