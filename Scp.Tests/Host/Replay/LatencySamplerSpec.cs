using Scp.Host.Replay.Network;
using Scp.Host.Replay.Results;
using Scp.Host.Replay.Scenarios;
using Scp.Streams.Balancing;

namespace Scp.Tests.Host.Replay;

public class LatencySamplerSpec
{
    [Fact]
    public void Constant_is_constant() => Assert.All(Draw(new LatencySettings { Constant = Ms(7) }), d => Assert.Equal(Ms(7), d));

    [Fact]
    public void Uniform_stays_within_its_bounds_with_the_mean_in_the_middle()
    {
        var drawn = Draw(new LatencySettings { From = Ms(10), To = Ms(30) });

        Assert.All(drawn, d => Assert.InRange(d, Ms(10), Ms(30)));
        Assert.InRange(drawn.Average(d => d.TotalMilliseconds), 19.8, 20.2); // 5 deviations of a mean of 20,000
    }

    [Fact]
    public void Exponential_has_its_mean() =>
        Assert.InRange(Draw(new LatencySettings { Mean = Ms(20) }).Average(d => d.TotalMilliseconds), 19.3, 20.7);

    [Fact]
    public void Log_normal_has_its_median_and_its_99th_percentile()
    {
        var drawn = Draw(new LatencySettings { P50 = Ms(20), P99 = Ms(200) });

        Assert.InRange(Percentiles.Of(drawn, 0.5).TotalMilliseconds, 19.3, 20.7);
        Assert.InRange(Percentiles.Of(drawn, 0.99).TotalMilliseconds, 175, 225);
    }

    private static TimeSpan Ms(double value) => TimeSpan.FromMilliseconds(value);

    private static List<TimeSpan> Draw(LatencySettings latency)
    {
        var random = new PickRandom(1);
        return [.. Enumerable.Range(0, 20_000).Select(_ => LatencySampler.Draw(latency, random)).Order()];
    }
}
