using Scp.Streams.Dispatch;

namespace Scp.Tests.Streams.Dispatch;

public class PeakEwmaSpec
{
    private PeakEwma _average;

    [Fact]
    public void Nothing_is_measured_at_first()
    {
        Assert.False(_average.IsMeasured);
        Assert.Equal(0, _average.At(1_000));
        _average.Observe(0, 0);
        Assert.True(_average.IsMeasured);
    }

    [Fact]
    public void It_jumps_to_a_peak_at_once()
    {
        _average.Observe(10, 0);
        _average.Observe(500, 1);
        Assert.Equal(500, _average.At(1));
    }

    [Fact]
    public void It_falls_to_37_percent_in_ten_seconds()
    {
        _average.Observe(1_000, 5);
        Assert.Equal(367.88, _average.At(10_005), 0.01);
        Assert.Equal(135.34, _average.At(20_005), 0.01);
    }

    [Fact]
    public void Lower_values_count_by_the_time_since_the_last_one()
    {
        _average.Observe(1_000, 0);
        _average.Observe(100, 10_000);
        Assert.Equal(100 + 900 * Math.Exp(-1), _average.At(10_000), 0.01);
        _average.Observe(0, 10_000); // at the same moment it weighs nothing
        Assert.Equal(100 + 900 * Math.Exp(-1), _average.At(10_000), 0.01);
    }

    [Fact]
    public void A_clock_that_is_behind_decays_nothing()
    {
        _average.Observe(100, 10_000);
        Assert.Equal(100, _average.At(9_000));
    }

    [Fact]
    public void A_failure_raises_it_and_never_lowers_it()
    {
        _average.ObserveFailure(0, 0);
        Assert.Equal(PeakEwma.Unmeasured, _average.At(0));
        _average.ObserveFailure(1, 10);
        Assert.Equal(PeakEwma.Unmeasured, _average.At(0));
        _average.ObserveFailure(60_000, 20);
        Assert.Equal(60_000, _average.At(20));
    }

    [Fact]
    public void No_peak_is_lost_when_many_threads_observe()
    {
        var box = new Box();
        Parallel.For(0, 8, thread =>
        {
            for (var i = 0; i < 5_000; i++) box.Average.Observe(thread == 3 && i == 2_500 ? 9_999 : 5, 0);
        });
        Assert.Equal(9_999, box.Average.At(0));
    }

    private sealed class Box
    {
        public PeakEwma Average;
    }
}
