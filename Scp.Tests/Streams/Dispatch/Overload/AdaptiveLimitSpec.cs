using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;
using Scp.Streams.Dispatch.Overload;

namespace Scp.Tests.Streams.Dispatch.Overload;

public class AdaptiveLimitSpec
{
    private static readonly AdaptiveConcurrencySettings Settings = new()
    {
        Enabled = true,
        Minimum = 1,
        Initial = 16,
        Maximum = 100,
        Tolerance = 0.25,
        Window = TimeSpan.FromMilliseconds(100),
        ProbeInterval = TimeSpan.FromSeconds(60),
    };

    private static readonly QueueSettings Queue = new() { Size = 10, Timeout = TimeSpan.FromSeconds(1) };

    private readonly AdaptiveLimit _limit = new(Settings);
    private readonly PickRandom _random = new(1);

    [Fact]
    public void A_window_with_enough_latencies_moves_the_limit_once()
    {
        Assert.Equal(0, Sample(count: 30, from: 1000));
        Assert.Equal(16, _limit.Limit);

        Assert.Equal(4, Sample(count: 30, from: 1100)); // sqrt(16)

        Assert.Equal(20, _limit.Limit);
    }

    [Fact]
    public void A_window_with_too_few_latencies_goes_on()
    {
        Sample(count: 1, from: 1000);
        Assert.Equal(0, Sample(count: 5, from: 1200));
        Assert.Equal(0, Sample(count: 5, from: 1400)); // the first of them closed a window with seven
        Assert.Equal(4, Sample(count: 1, from: 1600));
    }

    [Fact]
    public void A_limit_that_is_not_in_use_stays()
    {
        Sample(count: 30, from: 1000, active: 7);
        Sample(count: 30, from: 1100, active: 7);

        Assert.Equal(16, _limit.Limit);
    }

    [Fact]
    public void When_the_limit_of_a_pool_rises_as_many_that_wait_may_try()
    {
        var load = new PoolLoad();
        load.Configure(Queue, Settings with { Initial = 4 });
        var woken = 0;
        for (var i = 0; i < 4; i++) Assert.True(load.TryStart());
        Assert.False(load.TryStart());
        for (var i = 0; i < 5; i++)
        {
            var request = new QueuedRequest(RequestPriority.Normal, null, _ => woken++);
            load.Queue.TryEnter(request, 10);
            load.Queue.TryWait(request, load.Queue.Version);
        }

        for (var i = 0; i < 20; i++) load.Sample(1000 + i * 10, 500, _random);

        Assert.Equal((6, 2), (load.Limit, woken));
    }

    [Fact]
    public void A_reload_keeps_what_was_learned_unless_the_settings_change()
    {
        var load = new PoolLoad();
        load.Configure(Queue, Settings with { });
        var before = load.Adaptive;

        load.Configure(Queue, Settings with { });
        Assert.Same(before, load.Adaptive);
        load.Configure(Queue, Settings with { Initial = 50 });
        Assert.Equal(50, load.Limit);
        load.Configure(Queue, Settings with { Enabled = false });
        Assert.Equal(int.MaxValue, load.Limit);
    }

    private int Sample(int count, long from, int active = 10)
    {
        var risen = 0;
        for (var i = 0; i < count; i++) risen += _limit.Sample(from + i, 500, active, _random);
        return risen;
    }
}
