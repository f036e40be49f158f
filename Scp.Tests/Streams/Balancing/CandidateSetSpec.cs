using Scp.Actors.LoadBalancing;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;
using Scp.Tests.Support;
using static Scp.Tests.Support.Candidates;

namespace Scp.Tests.Streams.Balancing;

public class CandidateSetSpec
{
    private readonly RandomPolicy _policy = new();

    [Fact]
    public void A_candidate_is_open_until_it_was_tried_or_is_at_its_limit()
    {
        var set = Of(_policy, Standing("a") with { MaxRequests = 2 }, Standing("b"));
        set.Backends[0].Load(1);
        Assert.True(set.IsOpen(0, default));
        Assert.False(set.IsOpen(0, set.Tried(0)));

        set.Backends[0].Load(1);
        Assert.False(set.HasRoom(0));
        Assert.False(set.IsOpen(0, default));
        Assert.True(set.IsOpen(1, default));
    }

    [Fact]
    public void A_half_open_circuit_has_a_limit_of_its_own()
    {
        var set = Of(_policy, Standing("a") with { MaxRequests = 9, HalfOpenRequests = 2, Circuit = CircuitState.HalfOpen });
        set.Backends[0].Load(2);
        Assert.False(set.HasRoom(0));
    }

    [Fact]
    public void A_random_open_one_comes_by_weight_of_those_that_are_open()
    {
        var set = Weighted(_policy, 1, 2, 4, 8);
        var tried = set.Tried(3);
        var random = new PickRandom(1);
        var counts = new int[4];
        for (var i = 0; i < 7_000; i++) counts[set.RandomOpen(tried, random)]++;
        ChiSquare.AssertFits(counts, [1, 2, 4, 0]);
    }

    [Fact]
    public void There_is_no_random_one_of_none()
    {
        Assert.Equal(-1, Of(_policy).RandomOpen(default, new PickRandom(1)));
        var set = Equal(_policy, 2);
        Assert.Equal(-1, set.RandomOpen(set.Tried(0, 1), new PickRandom(1)));
    }

    [Fact]
    public void Weights_count_as_weights_only_when_they_differ()
    {
        Assert.False(Weighted(_policy, 3, 3).HasWeights);
        Assert.True(Weighted(_policy, 3, 4).HasWeights);
    }

    [Fact]
    public void Warmth_is_that_of_the_slow_start_of_a_candidate()
    {
        var slowStart = new SlowStart(TimeSpan.FromSeconds(10), 0.1);
        var set = new CandidateSet([Standing("a") with { WarmingSince = 5_000 }, Standing("b")], _policy, slowStart);
        Assert.True(set.HasWarming);
        Assert.Equal(0.5, set.WarmthOf(0, 10_000));
        Assert.Equal(1, set.WarmthOf(1, 10_000));
        Assert.False(new CandidateSet([.. set.Standings], _policy, SlowStart.Off).HasWarming);
    }

    [Fact]
    public void What_is_added_to_a_copy_of_the_tried_ones_was_not_tried()
    {
        var set = Equal(_policy, 8);
        var tried = set.Tried(0, 1, 2, 3, 4);
        var copy = tried;
        copy.Add(set.Backends[5]);
        Assert.True(copy.Contains(set.Backends[5]));
        Assert.False(tried.Contains(set.Backends[5]));
        Assert.True(tried.Contains(set.Backends[4]));
    }
}
