using Scp.Actors.LoadBalancing;
using Scp.Streams.Balancing;
using Scp.Tests.Support;
using static Scp.Tests.Support.Candidates;

namespace Scp.Tests.Actors.LoadBalancing;

public class PowerOfTwoPolicySpec
{
    private readonly PowerOfTwoPolicy _policy = new();
    private readonly PickRandom _random = new(1);

    [Theory]
    [InlineData(1, 1, 1, 1, 1)]
    [InlineData(1, 2, 3, 4)]
    [InlineData(1000, 10)]
    public void When_all_are_idle_shares_are_by_weight(params int[] weights)
    {
        var set = Weighted(_policy, weights);
        ChiSquare.AssertFits(Counts(set, 50_000), [.. weights.Select(w => (double)w)]);
    }

    [Fact]
    public void The_most_loaded_is_never_picked_and_the_least_loaded_whenever_it_was_drawn()
    {
        var set = Equal(_policy, 4);
        foreach (var (backend, load) in set.Backends.Zip([0, 1, 2, 3])) backend.Load(load);
        ChiSquare.AssertFits(Counts(set, 12_000), [3, 2, 1, 0]); // of the 6 pairs
    }

    [Fact]
    public void Requests_count_per_weight()
    {
        var set = Weighted(_policy, 1, 10);
        foreach (var (backend, load) in set.Backends.Zip([2, 15])) backend.Load(load); // 2, 1.5
        for (var i = 0; i < 100; i++) Assert.Equal(1, Pick(set));
    }

    [Fact]
    public void The_fullest_of_a_hundred_has_little_more_than_the_average_where_random_has_much_more()
    {
        var (two, one) = (Equal(_policy, 100), Equal(new RandomPolicy(), 100));
        for (var i = 0; i < 10_000; i++)
        {
            two.Backends[Pick(two)].Load(1);
            one.Backends[new RandomPolicy().Pick(new PickContext(0, 0, _random), one, default)].Load(1);
        }

        Assert.InRange(two.Backends.Max(b => b.ActiveExchanges), 101, 105); // average + log log n / log 2 + O(1)
        Assert.InRange(one.Backends.Max(b => b.ActiveExchanges), 115, 150);
    }

    private int[] Counts(CandidateSet set, int picks)
    {
        var counts = new int[set.Count];
        for (var i = 0; i < picks; i++) counts[Pick(set)]++;
        return counts;
    }

    private int Pick(CandidateSet set) => _policy.Pick(new PickContext(0, 0, _random), set, default);
}
