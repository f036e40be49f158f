using Scp.Streams.Dispatch;

namespace Scp.Tests.Streams.Dispatch;

public class RetryBudgetSpec
{
    private readonly RetryBudget _budget = new();

    [Fact]
    public void A_pool_that_had_no_requests_has_a_window_of_the_minimum()
    {
        _budget.Requested(1000);

        Assert.Equal(30, TakeAll(1000));
    }

    [Fact]
    public void Without_requests_there_is_nothing_to_retry() => Assert.False(_budget.TryTake(0, 1, 100));

    [Fact]
    public void In_a_storm_the_share_and_the_minimum_are_retried_and_no_more()
    {
        var retries = 0;
        for (var now = 0L; now < 120_000; now++)
        {
            _budget.Requested(now); // 1,000 a second, and every one of them fails
            if (_budget.TryTake(now, 0.2, 3) && now >= 60_000) retries++;
        }

        Assert.InRange(retries, 0.99 * 60 * 203, 1.01 * 60 * 203);
    }

    [Fact]
    public void What_was_not_used_is_remembered_for_ten_seconds_and_not_for_an_hour()
    {
        for (var now = 0L; now < 3_600_000; now += 10) _budget.Requested(now); // 100 a second for an hour without a failure

        Assert.InRange(TakeAll(3_600_000), 225, 230);
    }

    [Fact]
    public void A_pool_that_was_idle_has_the_minimum_again()
    {
        for (var i = 0; i < 100; i++) _budget.Requested(0);
        TakeAll(0);

        Assert.InRange(TakeAll(1000), 2, 3);
        Assert.InRange(TakeAll(3_600_000), 29, 30);
    }

    [Fact]
    public void Nothing_is_allowed_when_share_and_minimum_are_zero()
    {
        _budget.Requested(0);

        Assert.False(_budget.TryTake(100_000, 0, 0));
    }

    [Fact]
    public async Task Two_threads_never_take_the_same_token()
    {
        _budget.Requested(0);
        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => TakeAll(0, minimum: 10_000))));

        Assert.Equal(100_000, taken.Sum());
    }

    private int TakeAll(long now, int minimum = 3)
    {
        var taken = 0;
        while (_budget.TryTake(now, 0.2, minimum)) taken++;
        return taken;
    }
}
