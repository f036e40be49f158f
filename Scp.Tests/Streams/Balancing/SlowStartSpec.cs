using Scp.Streams.Balancing;

namespace Scp.Tests.Streams.Balancing;

public class SlowStartSpec
{
    private readonly SlowStart _slowStart = new(TimeSpan.FromSeconds(10), 0.1);

    [Theory]
    [InlineData(-5, 0.1)]
    [InlineData(0, 0.1)]
    [InlineData(1_000, 0.1)]
    [InlineData(2_500, 0.25)]
    [InlineData(9_999, 0.9999)]
    [InlineData(10_000, 1)]
    [InlineData(long.MaxValue, 1)]
    public void Warmth_rises_with_time_and_is_never_below_the_minimum(long elapsed, double warmth) =>
        Assert.Equal(warmth, _slowStart.WarmthAt(elapsed), 1e-12);

    [Fact]
    public void Off_is_warm_at_once()
    {
        Assert.False(SlowStart.Off.IsOn);
        Assert.Equal(1, SlowStart.Off.WarmthAt(0));
    }
}
