using CsCheck;
using Scp.Streams.Balancing;
using Scp.Tests.Support;
using static Scp.Tests.Support.Candidates;

namespace Scp.Tests.Actors.LoadBalancing;

/// <summary>What every policy promises.</summary>
public class PolicyPropertySpec
{
    private static readonly Gen<(int Weight, int Limit, int Load, bool Tried)[]> Pools =
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 4], Gen.Int[0, 4], Gen.Frequency((2, Gen.Const(false)), (1, Gen.Const(true)))).Array[0, 12];

    public static TheoryData<string> Names => [.. Scp.Actors.LoadBalancing.Policies.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Nobody_who_was_tried_or_is_full_is_picked_and_nobody_at_all_only_when_none_is_left(string name) =>
        Gen.Select(Pools, Gen.ULong).Sample((pool, seed) =>
        {
            var set = Of(AnyPolicy.Create(name), [.. pool.Select((b, i) => Standing($"b{i}") with { Weight = b.Weight, MaxRequests = b.Limit })]);
            for (var i = 0; i < pool.Length; i++) set.Backends[i].Load(pool[i].Load);
            var tried = set.Tried(Enumerable.Range(0, pool.Length).Where(i => pool[i].Tried));
            return PicksOnlyOpen(AnyPolicy.Create(name), set, tried, new PickRandom(seed));
        }, iter: 2_000);

    [Theory]
    [MemberData(nameof(Names))]
    public void The_only_one_that_is_left_is_found_among_many(string name)
    {
        var policy = AnyPolicy.Create(name);
        var set = Of(policy, [.. Enumerable.Range(0, 300).Select(i => Standing($"b{i}") with { Weight = i == 7 ? 1 : 50, MaxRequests = 1 })]);
        foreach (var backend in set.Backends.Where((_, i) => i != 7)) backend.Load(1);
        Assert.Equal(7, policy.Pick(new PickContext(99, 0, new PickRandom(1)), set, default));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Retries_spread_over_all_that_are_left(string name)
    {
        var policy = AnyPolicy.Create(name);
        var set = Equal(policy, 10);
        var random = new PickRandom(3);
        var counts = new int[10];
        for (var i = 0; i < 9_000; i++)
        {
            // Only keys that belong to the one that failed, for policies with keys.
            var context = new PickContext(random.Next(), 0, random);
            if (policy.NeedsKey && policy.Pick(context, set, default) != 4) i--;
            else counts[policy.Pick(context, set, set.Tried(4))]++;
        }

        Assert.Equal(0, counts[4]);
        if (policy.NeedsKey) Assert.All(counts.Where((_, i) => i != 4), c => Assert.InRange(c, 250, 3_000)); // as the points of the ring lie
        else ChiSquare.AssertUniform([.. counts.Where((_, i) => i != 4)]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Many_threads_may_pick_at_once(string name)
    {
        var policy = AnyPolicy.Create(name);
        var set = Weighted(policy, 5, 1, 1, 3);
        Parallel.For(0, 8, thread =>
        {
            var random = new PickRandom((ulong)thread);
            for (var i = 0; i < 2_000; i++)
            {
                var picked = set.Backends[policy.Pick(new PickContext(random.Next(), i, random), set, default)];
                picked.Load(1);
                picked.Outcomes.Report(Scp.Streams.Dispatch.AttemptOutcome.Success, i % 20, i);
                picked.ExchangeEnded();
            }
        });

        Assert.All(set.Backends, b => Assert.Equal(0, b.ActiveExchanges));
        Assert.Equal(16_000, set.Backends.Sum(b => b.Outcomes.Successes));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Picking_allocates_nothing(string name)
    {
        var policy = AnyPolicy.Create(name);
        var set = Weighted(policy, [.. Enumerable.Range(1, 100)]);
        foreach (var backend in set.Backends) backend.Load(3);
        var random = new PickRandom(1);
        var tried = set.Tried(1);
        PickMany();
        var before = GC.GetAllocatedBytesForCurrentThread();
        PickMany();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void PickMany()
        {
            for (var i = 0; i < 1_000; i++)
            {
                policy.Pick(new PickContext(random.Next(), i, random), set, default);
                policy.Pick(new PickContext(random.Next(), i, random), set, tried);
            }
        }
    }

    private static bool PicksOnlyOpen(
        ILoadBalancingPolicy policy, CandidateSet set, Scp.Streams.Dispatch.TriedBackends tried, PickRandom random)
    {
        var open = Enumerable.Range(0, set.Count).Where(i => set.IsOpen(i, tried)).ToList();
        for (var i = 0; i < 20; i++)
        {
            var picked = policy.Pick(new PickContext(random.Next(), i, random), set, tried);
            if (open.Count == 0 ? picked != -1 : !open.Contains(picked)) return false;
        }

        return true;
    }
}
