using Scp.Actors.LoadBalancing;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;
using Scp.Tests.Support;

namespace Scp.Tests.Actors.LoadBalancing;

public class RoundRobinPolicySpec
{
    private readonly RoundRobinPolicy _policy = new();
    private readonly CandidateSet _candidates;

    public RoundRobinPolicySpec() => _candidates = new CandidateSet(
        [.. "abc".Select(name => new BackendStanding(Routes.Backend($"{name}")))], _policy, SlowStart.Off);

    [Fact]
    public void Backends_take_turns() => Assert.Equal([0, 1, 2, 0, 1, 2], Enumerable.Range(0, 6).Select(_ => Pick(default)));

    [Fact]
    public void Nobody_is_picked_of_none_or_when_all_were_tried()
    {
        Assert.Equal(-1, _policy.Pick(default, new CandidateSet([], _policy, SlowStart.Off), default));
        Assert.Equal(-1, Pick(Tried(0, 1, 2)));
    }

    [Fact]
    public void Retries_go_round_those_that_are_left() =>
        Assert.Equal([0, 2, 0, 2], Enumerable.Range(0, 4).Select(_ => Pick(Tried(1))));

    [Fact]
    public void Retries_do_not_disturb_the_turns_of_first_attempts()
    {
        var firsts = new int[3];
        for (var i = 0; i < 300; i++)
        {
            var first = Pick(default);
            firsts[first]++;
            Assert.NotEqual(first, Pick(Tried(first)));
        }

        Assert.Equal([100, 100, 100], firsts);
    }

    [Fact]
    public void Many_threads_share_the_turns_evenly()
    {
        var counts = new int[3];
        Parallel.For(0, 30_000, _ => Interlocked.Increment(ref counts[Pick(default)]));
        Assert.Equal([10_000, 10_000, 10_000], counts);
    }

    [Fact]
    public void Picking_allocates_nothing()
    {
        var tried = Tried(0);
        Pick(tried);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) Pick(tried);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private int Pick(in TriedBackends tried) => _policy.Pick(default, _candidates, tried);

    private TriedBackends Tried(params int[] indexes)
    {
        var tried = default(TriedBackends);
        foreach (var index in indexes) tried.Add(_candidates.Backends[index]);
        return tried;
    }
}
