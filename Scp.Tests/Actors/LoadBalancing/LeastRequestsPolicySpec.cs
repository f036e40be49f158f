using Scp.Actors.LoadBalancing;
using Scp.Streams.Balancing;
using Scp.Tests.Support;
using static Scp.Tests.Support.Candidates;

namespace Scp.Tests.Actors.LoadBalancing;

public class LeastRequestsPolicySpec
{
    private readonly LeastRequestsPolicy _policy = new();
    private readonly PickRandom _random = new(1);

    [Fact]
    public void The_one_with_the_fewest_requests_is_picked()
    {
        var set = Equal(_policy, 5);
        foreach (var (backend, load) in set.Backends.Zip([4, 2, 9, 3, 7])) backend.Load(load);
        for (var i = 0; i < 100; i++) Assert.Equal(1, Pick(set));
    }

    [Fact]
    public void Requests_count_per_weight()
    {
        var set = Weighted(_policy, 1, 10, 3);
        foreach (var (backend, load) in set.Backends.Zip([2, 15, 5])) backend.Load(load); // 2, 1.5, 1.67
        for (var i = 0; i < 100; i++) Assert.Equal(1, Pick(set));
    }

    [Theory]
    [InlineData(1, 1, 1, 1, 1, 1, 1)]
    [InlineData(1, 2, 3, 4)]
    public void When_all_are_idle_shares_are_by_weight(params int[] weights)
    {
        var set = Weighted(_policy, weights);
        ChiSquare.AssertFits(Counts(set, 20_000), [.. weights.Select(w => (double)w)]);
    }

    [Fact]
    public void Of_two_ties_neither_gains_by_where_it_stands()
    {
        var set = Equal(_policy, 10);
        foreach (var backend in set.Backends) backend.Load(5);
        set.Backends[3].ExchangeEnded();
        set.Backends[4].ExchangeEnded();
        ChiSquare.AssertFits(Counts(set, 20_000), [0, 0, 0, 1, 1, 0, 0, 0, 0, 0]);
    }

    [Fact]
    public void Loads_stay_level_when_requests_last()
    {
        var set = Equal(_policy, 7);
        for (var i = 0; i < 700; i++) set.Backends[Pick(set)].Load(1);
        Assert.All(set.Backends, b => Assert.Equal(100, b.ActiveExchanges));
    }

    private int[] Counts(CandidateSet set, int picks)
    {
        var counts = new int[set.Count];
        for (var i = 0; i < picks; i++) counts[Pick(set)]++;
        return counts;
    }

    private int Pick(CandidateSet set) => _policy.Pick(new PickContext(0, 0, _random), set, default);
}
