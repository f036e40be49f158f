using Scp.Actors.LoadBalancing;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;
using Scp.Tests.Support;
using static Scp.Tests.Support.Candidates;

namespace Scp.Tests.Actors.LoadBalancing;

public class WeightedRoundRobinPolicySpec
{
    private readonly WeightedRoundRobinPolicy _policy = new();
    private readonly PickRandom _random = new(1);

    /// <summary>The first is the example that nginx gives for its rule; the others follow from the rule, on paper.</summary>
    [Theory]
    [InlineData("aabacaa", 5, 1, 1)]
    [InlineData("abaaaba", 5, 2)]
    [InlineData("abcabca", 3, 2, 2)]
    [InlineData("abab", 7, 7)]
    [InlineData("abaaba", 200, 100)]
    public void Turns_are_mixed_as_nginx_mixes_them(string turns, params int[] weights)
    {
        var set = Weighted(_policy, weights);
        Assert.Equal(turns, string.Concat(turns.Select(_ => (char)('a' + Pick(set)))));
    }

    [Fact]
    public void A_round_has_each_as_often_as_its_weight_says()
    {
        var set = Weighted(_policy, 7, 3, 11, 1, 29);
        var counts = Counts(set, 51 * 3);
        Assert.Equal([21, 9, 33, 3, 87], counts);
    }

    [Fact]
    public void A_round_that_would_be_too_long_is_shortened_and_shares_are_off_by_little()
    {
        int[] weights = [.. Enumerable.Range(0, 100).Select(i => 1000 - i), 1];
        var set = Weighted(_policy, weights);
        var length = ((SmoothSchedule)set.Prepared!).Turns.Length;
        Assert.InRange(length, 16_000, 16_500);

        var counts = Counts(set, length);
        var sum = weights.Sum();
        for (var i = 0; i < weights.Length; i++) Assert.Equal((double)weights[i] / sum, (double)counts[i] / length, 1.0 / 16_384);
    }

    [Fact]
    public void The_load_of_one_that_is_full_goes_to_all_others()
    {
        var set = Of(_policy, Standing("a"), Standing("b") with { MaxRequests = 1 }, Standing("c"), Standing("d"));
        set.Backends[1].Load(1);
        Assert.Equal([400, 0, 400, 400], Counts(set, 1_200), (a, b) => Math.Abs(a - b) <= 100);
    }

    [Fact]
    public void Retries_do_not_disturb_the_turns_of_first_attempts()
    {
        var set = Weighted(_policy, 5, 1, 1);
        var firsts = new int[3];
        for (var i = 0; i < 700; i++)
        {
            var first = Pick(set);
            firsts[first]++;
            Assert.NotEqual(first, Pick(set, set.Tried(first)));
        }

        Assert.Equal([500, 100, 100], firsts);
    }

    [Fact]
    public void Ten_thousand_backends_have_a_round()
    {
        var set = Weighted(_policy, [.. Enumerable.Range(0, 10_000).Select(i => 1 + i % 3)]);
        Assert.Equal(10_000, ((SmoothSchedule)set.Prepared!).Turns.Distinct().Count());
    }

    private int[] Counts(CandidateSet set, int picks)
    {
        var counts = new int[set.Count];
        for (var i = 0; i < picks; i++) counts[Pick(set)]++;
        return counts;
    }

    private int Pick(CandidateSet set, TriedBackends tried = default) => _policy.Pick(new PickContext(0, 0, _random), set, tried);
}
