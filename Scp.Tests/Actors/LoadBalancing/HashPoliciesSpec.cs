using Scp.Actors.LoadBalancing;
using Scp.Streams.Balancing;
using Scp.Tests.Support;
using static Scp.Tests.Support.Candidates;

namespace Scp.Tests.Actors.LoadBalancing;

/// <summary>What ring-hash and maglev have in common.</summary>
public class HashPoliciesSpec
{
    private const int Keys = 50_000;

    private readonly PickRandom _random = new(1);

    /// <summary>How far a backend may be from its share, and how many keys may move beside those that have to.</summary>
    public static TheoryData<string, double, double> Policies => new()
    {
        { RingHashPolicy.PolicyName, 0.35, 0 }, // 100 points: a standard deviation of 10 %
        { MaglevPolicy.PolicyName, 0.06, 0.02 }, // the shares of keys, drawn at random, deviate by 3 % of their own
    };

    [Theory]
    [MemberData(nameof(Policies))]
    public void Shares_are_even(string name, double deviation, double _)
    {
        var counts = Counts(Equal(AnyPolicy.Create(name), 20));
        Assert.All(counts, c => Assert.InRange(c, Keys / 20 * (1 - deviation), Keys / 20 * (1 + deviation)));
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Shares_are_by_weight(string name, double deviation, double _)
    {
        int[] weights = [1, 2, 4, 8];
        var counts = Counts(Weighted(AnyPolicy.Create(name), weights));
        for (var i = 0; i < 4; i++)
            Assert.InRange(counts[i], Keys / 15.0 * weights[i] * (1 - deviation), Keys / 15.0 * weights[i] * (1 + deviation));
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void One_backend_more_moves_only_the_keys_that_it_gets(string name, double deviation, double more)
    {
        var policy = AnyPolicy.Create(name);
        var (before, after) = (Owners(Named(policy, 20)), Owners(Named(policy, 21)));
        var moved = before.Zip(after).Where(o => o.First != o.Second).ToList();
        var astray = moved.Count(o => o.Second != "backend-20");
        Assert.InRange((double)astray / Keys, 0, more);
        Assert.InRange((double)(moved.Count - astray) / Keys, (1 - deviation) / 21, (1 + deviation) / 21);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void One_backend_less_moves_only_the_keys_that_it_had(string name, double deviation, double more)
    {
        var policy = AnyPolicy.Create(name);
        var all = Named(policy, 21);
        var (before, after) = (Owners(all), Owners(Of(policy, [.. all.Standings.Where(s => s.Backend.Name != "backend-7")])));
        var moved = before.Zip(after).Where(o => o.First != o.Second).ToList();
        var astray = moved.Count(o => o.First != "backend-7");
        Assert.InRange((double)astray / Keys, 0, more);
        Assert.InRange((double)(moved.Count - astray) / Keys, (1 - deviation) / 21, (1 + deviation) / 21);
        Assert.True(moved.Where(o => o.First == "backend-7").Select(o => o.Second).Distinct().Count() > 15); // no single neighbour gets them
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Order_and_address_of_the_backends_do_not_matter(string name, double deviation, double more)
    {
        _ = (deviation, more);
        var policy = AnyPolicy.Create(name);
        var set = Named(policy, 20);
        Assert.Equal(Owners(set), Owners(Of(policy, [.. set.Standings.Reverse().Select(s => Standing(s.Backend.Name))])));
    }

    /// <summary>Written down once: whoever changes a hash moves the keys of every installation.</summary>
    [Theory]
    [InlineData(RingHashPolicy.PolicyName, "87371410")]
    [InlineData(MaglevPolicy.PolicyName, "44440543")]
    public void Keys_go_where_they_went_in_earlier_versions(string name, string owners)
    {
        var policy = AnyPolicy.Create(name);
        var set = Named(policy, 10);
        string[] keys = ["192.0.2.7", "198.51.100.23", "/cart", "user-4711", "alice", "bob", "2001:db8::1", ""];
        Assert.Equal(owners, string.Concat(keys.Select(k =>
            policy.Pick(new PickContext(StableHash.Of(System.Text.Encoding.UTF8.GetBytes(k)), 0, _random), set, default))));
    }

    [Theory]
    [InlineData(RingHashPolicy.PolicyName, 1.25)]
    [InlineData(RingHashPolicy.PolicyName, 1.0)]
    [InlineData(MaglevPolicy.PolicyName, 1.25)]
    [InlineData(MaglevPolicy.PolicyName, 2.0)]
    public void Nobody_has_more_than_the_bounded_load_even_when_all_requests_have_the_same_key(string name, double bound)
    {
        var policy = AnyPolicy.Create(name, bound);
        var set = Weighted(policy, 1, 1, 2, 4, 1, 1, 3, 1, 1, 1);
        for (var i = 1; i <= 800; i++)
        {
            set.Backends[policy.Pick(new PickContext(i % 3 == 0 ? _random.Next() : 42, 0, _random), set, default)].Load(1);
            for (var b = 0; b < set.Count; b++)
                Assert.InRange(set.Backends[b].ActiveExchanges, 0, (int)Math.Ceiling(bound * i * set.Weights[b] / 16));
        }
    }

    [Theory]
    [InlineData(RingHashPolicy.PolicyName)]
    [InlineData(MaglevPolicy.PolicyName)]
    public void Without_a_bound_a_key_stays_whatever_the_load(string name)
    {
        var policy = AnyPolicy.Create(name, boundedLoad: null);
        var set = Equal(policy, 10);
        var owner = policy.Pick(new PickContext(42, 0, _random), set, default);
        set.Backends[owner].Load(10_000);
        Assert.Equal(owner, policy.Pick(new PickContext(42, 0, _random), set, default));
    }

    [Theory]
    [InlineData(RingHashPolicy.PolicyName)]
    [InlineData(MaglevPolicy.PolicyName)]
    public void Bounded_load_holds_nearly_in_pools_so_large_that_loads_are_not_summed_for_every_pick(string name)
    {
        var policy = AnyPolicy.Create(name);
        var set = Equal(policy, 1_000);
        for (var i = 0; i < 20_000; i++) set.Backends[policy.Pick(new PickContext(42, 0, _random), set, default)].Load(1);
        Assert.InRange(set.Backends.Max(b => b.ActiveExchanges), 20, 26); // 25, and one for what the sum lags behind
    }

    [Theory]
    [InlineData(RingHashPolicy.PolicyName)]
    [InlineData(MaglevPolicy.PolicyName)]
    public void Ten_thousand_backends_of_any_weight_each_own_something(string name)
    {
        var set = Weighted(AnyPolicy.Create(name), [.. Enumerable.Range(0, 10_000).Select(i => i == 0 ? 1000 : 1)]);
        var places = set.Prepared is HashRing ring ? ring.Owners : (HashOwners)set.Prepared!;
        Assert.Equal(10_000, places.Places.Distinct().Count());
    }

    private static CandidateSet Named(ILoadBalancingPolicy policy, int count) =>
        Of(policy, [.. Enumerable.Range(0, count).Select(i => Standing($"backend-{i}"))]);

    private int[] Counts(CandidateSet set)
    {
        var owners = Owners(set);
        return [.. set.Backends.Select(b => owners.Count(o => o == b.Name))];
    }

    private string[] Owners(CandidateSet set)
    {
        var policy = set.Prepared is HashRing ? AnyPolicy.Create(RingHashPolicy.PolicyName) : AnyPolicy.Create(MaglevPolicy.PolicyName);
        return [.. Enumerable.Range(0, Keys).Select(i =>
            set.Backends[policy.Pick(new PickContext(StableHash.Of($"key {i}"), 0, _random), set, default)].Name)];
    }
}
