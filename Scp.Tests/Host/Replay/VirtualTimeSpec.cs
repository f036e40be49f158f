using Scp.Host.Replay.Time;
using Scp.Streams.Limits;

namespace Scp.Tests.Host.Replay;

public class VirtualTimeSpec
{
    private readonly VirtualLoop _loop = new();
    private readonly VirtualTime _time;

    public VirtualTimeSpec()
    {
        _loop.Drive();
        _time = new VirtualTime(_loop);
    }

    [Fact]
    public void Its_clock_moves_only_with_the_loop()
    {
        var clock = new Clock(_time);
        var before = clock.Now;

        _loop.RunUntil(TimeSpan.FromMinutes(10));

        Assert.Equal(600_000, clock.Now - before);
        Assert.Equal(VirtualTime.Start.AddMinutes(10), _time.GetUtcNow());
    }

    [Fact]
    public void A_timer_fires_when_it_is_due_then_with_its_period_until_it_is_disposed()
    {
        var fired = new List<double>();
        var timer = _time.CreateTimer(_ => fired.Add(_loop.Elapsed.TotalSeconds), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        _loop.RunUntil(TimeSpan.FromSeconds(6));

        timer.Dispose();
        _loop.RunUntil(TimeSpan.FromSeconds(20));

        Assert.Equal([1, 3, 5], fired);
    }

    [Fact]
    public void A_timer_that_was_changed_fires_at_its_new_time_only()
    {
        var fired = new List<double>();
        using var timer = _time.CreateTimer(
            _ => fired.Add(_loop.Elapsed.TotalSeconds), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        timer.Change(TimeSpan.FromSeconds(4), Timeout.InfiniteTimeSpan);

        _loop.RunUntil(TimeSpan.FromSeconds(20));

        Assert.Equal([4], fired);
    }
}
