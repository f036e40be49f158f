using Scp.Actors.LoadBalancing;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;
using Scp.Tests.Support;
using static Scp.Tests.Support.Candidates;

namespace Scp.Tests.Actors.LoadBalancing;

public class PeakEwmaPolicySpec
{
    private readonly PeakEwmaPolicy _policy = new();
    private readonly PickRandom _random = new(1);
    private readonly CandidateSet _set;

    public PeakEwmaPolicySpec() => _set = Equal(_policy, 4);

    [Fact]
    public void A_backend_that_turned_slow_gets_nothing_after_one_response_and_is_tried_again_as_the_peak_fades()
    {
        foreach (var backend in _set.Backends) backend.Outcomes.Report(AttemptOutcome.Success, 10, 0);
        _set.Backends[2].Outcomes.Report(AttemptOutcome.Success, 200, 0);
        Assert.Equal(0, Counts(0)[2]);
        Assert.Equal(0, Counts(20_000)[2]); // 200 ms fade to 27 ms, 10 ms to 1.4 ms

        Assert.True(Counts(120_000)[2] == 0); // both fade alike
        foreach (var backend in _set.Backends.Where((_, i) => i != 2)) backend.Outcomes.Report(AttemptOutcome.Success, 10, 120_000);
        Assert.InRange(Counts(120_000)[2], 1, 4_000); // what is left of 200 ms is less than the 10 ms of the others
    }

    [Fact]
    public void Latency_is_weighed_against_requests_under_way()
    {
        foreach (var (backend, latency) in _set.Backends.Zip([9, 99, 999, 999])) backend.Outcomes.Report(AttemptOutcome.Success, latency, 0);
        _set.Backends[0].Load(11); // 10 x 12 against 100 x 1
        Assert.True(Counts(0)[1] > Counts(0)[0]);
    }

    [Fact]
    public void One_that_never_answered_gets_a_first_request_but_not_a_second()
    {
        foreach (var backend in _set.Backends.Skip(1)) backend.Outcomes.Report(AttemptOutcome.Success, 50, 0);
        Assert.True(Counts(0)[0] > 1_000);
        _set.Backends[0].Load(1);
        Assert.Equal(0, Counts(0)[0]);
    }

    [Fact]
    public void One_that_fails_at_once_does_not_look_fast()
    {
        foreach (var backend in _set.Backends.Skip(1)) backend.Outcomes.Report(AttemptOutcome.Success, 50, 0);
        _set.Backends[0].Outcomes.Report(AttemptOutcome.ConnectFailed, 0, 0);
        Assert.Equal(0, Counts(0)[0]);
    }

    private int[] Counts(long now)
    {
        var counts = new int[4];
        for (var i = 0; i < 4_000; i++) counts[_policy.Pick(new PickContext(0, now, _random), _set, default)]++;
        return counts;
    }
}
