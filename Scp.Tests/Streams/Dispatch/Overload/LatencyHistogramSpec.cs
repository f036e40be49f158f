using Scp.Streams.Dispatch.Overload;

namespace Scp.Tests.Streams.Dispatch.Overload;

public class LatencyHistogramSpec
{
    private readonly LatencyHistogram _histogram = new();

    [Theory]
    [InlineData(3)]
    [InlineData(100)]
    [InlineData(1_500)]
    [InlineData(20_000)]
    [InlineData(5_000_000)]
    public void The_median_is_within_a_bucket(long latency)
    {
        for (var i = 0; i < 20; i++) _histogram.Add(latency);

        Assert.True(_histogram.TryTakeMedian(10, out var median));
        Assert.InRange(median, latency * 0.87, latency * 1.13 + 1);
    }

    [Fact]
    public void Half_of_the_latencies_are_below_it()
    {
        for (var i = 1; i <= 1000; i++) _histogram.Add(i * 10);

        Assert.True(_histogram.TryTakeMedian(10, out var median));
        Assert.InRange(median, 4900, 5100);
    }

    [Fact]
    public void A_few_slow_ones_do_not_move_it()
    {
        for (var i = 0; i < 60; i++) _histogram.Add(1000);
        for (var i = 0; i < 40; i++) _histogram.Add(10_000_000);

        Assert.True(_histogram.TryTakeMedian(10, out var median));
        Assert.InRange(median, 870, 1130);
    }

    [Fact]
    public void What_was_taken_counts_no_more_and_too_few_stay_for_later()
    {
        for (var i = 0; i < 10; i++) _histogram.Add(1000);
        Assert.True(_histogram.TryTakeMedian(10, out _));
        for (var i = 0; i < 9; i++) _histogram.Add(50);
        Assert.False(_histogram.TryTakeMedian(10, out _));
        _histogram.Add(50);

        Assert.True(_histogram.TryTakeMedian(10, out var median));
        Assert.InRange(median, 43, 57);
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public void No_latency_is_out_of_range(long latency)
    {
        _histogram.Add(latency);

        Assert.True(_histogram.TryTakeMedian(1, out _));
    }
}
