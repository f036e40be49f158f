using Scp.Streams.Dispatch;

namespace Scp.Tests.Streams.Dispatch;

public class BackendOutcomesSpec
{
    private readonly BackendOutcomes _outcomes = new();
    private int _alarms;

    [Fact]
    public void Attempts_and_latencies_add_up()
    {
        _outcomes.Report(AttemptOutcome.Success, 5, now: 0);
        _outcomes.Report(AttemptOutcome.Success, 7, now: 0);
        _outcomes.Report(AttemptOutcome.Reset, 1000, now: 0);
        _outcomes.Report(AttemptOutcome.Cancelled, 1000, now: 0);

        Assert.Equal(new OutcomeTally(2, 1, 12), _outcomes.Total);
        Assert.Equal((1, AttemptOutcome.Reset), (_outcomes.ConsecutiveFailures, _outcomes.LastFailure));
    }

    [Fact]
    public void The_alarm_comes_once_for_each_crossing()
    {
        Watch(3);
        Fail(2);
        Assert.Equal(0, _alarms);
        Fail(5);
        Assert.Equal(1, _alarms);

        _outcomes.Report(AttemptOutcome.Success, 1, now: 0);
        Fail(3);

        Assert.Equal(2, _alarms);
    }

    [Fact]
    public void A_backend_on_probation_raises_it_with_its_first_failure_and_is_acquitted_by_its_first_success()
    {
        Watch(5);
        _outcomes.RestartAt(4);
        Fail(1);
        Assert.Equal(1, _alarms);

        _outcomes.RestartAt(4);
        _outcomes.Report(AttemptOutcome.Success, 1, now: 0);
        Fail(4);

        Assert.Equal(1, _alarms);
    }

    [Fact]
    public void What_started_in_an_earlier_period_is_counted_and_decides_nothing()
    {
        Watch(5);
        var before = _outcomes.Period;
        _outcomes.RestartAt(4);

        _outcomes.Report(AttemptOutcome.ServerError, 1, now: 0, before);
        _outcomes.Report(AttemptOutcome.Success, 1, now: 0, before);

        Assert.Equal((0, 4, default(OutcomeTally)), (_alarms, _outcomes.ConsecutiveFailures, _outcomes.Total));
        Assert.Equal((1, 1), (_outcomes.Successes, _outcomes.Failures));
        Fail(1);
        Assert.Equal(1, _alarms);
    }

    [Fact]
    public void What_does_not_count_as_a_failure_is_a_success()
    {
        _outcomes.Watch = new OutcomeWatch(OutcomeWatch.MaskOf([AttemptOutcome.ConnectFailed]), 1, () => _alarms++);

        _outcomes.Report(AttemptOutcome.ServerError, 3, now: 0);

        Assert.Equal((new OutcomeTally(1, 0, 3), 0), (_outcomes.Total, _alarms));
    }

    [Fact]
    public void Of_many_threads_that_fail_at_once_one_raises_it()
    {
        Watch(1000);

        Parallel.For(0, 2000, _ => _outcomes.Report(AttemptOutcome.Reset, 1, now: 0));

        Assert.Equal((1, 2000), (_alarms, (int)_outcomes.Failures));
    }

    private void Watch(int threshold) =>
        _outcomes.Watch = OutcomeWatch.Silent with { Threshold = threshold, Alarm = () => Interlocked.Increment(ref _alarms) };

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++) _outcomes.Report(AttemptOutcome.ServerError, 1, now: 0);
    }
}
