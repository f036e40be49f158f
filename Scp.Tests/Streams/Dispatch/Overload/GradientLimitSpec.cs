using Scp.Streams.Balancing;
using Scp.Streams.Dispatch.Overload;

namespace Scp.Tests.Streams.Dispatch.Overload;

/// <summary>The limit against a model of backends: so many requests at once as fast as without load, more of them share.</summary>
public class GradientLimitSpec
{
    private static readonly AdaptiveConcurrencySettings Settings = new()
    {
        Enabled = true,
        Minimum = 4,
        Initial = 20,
        Maximum = 1000,
        Tolerance = 0.25,
        Window = TimeSpan.FromMilliseconds(100),
        ProbeInterval = TimeSpan.FromSeconds(60),
    };

    private readonly GradientLimit _limit = new(Settings);
    private readonly PickRandom _random = new(7);
    private long _now;

    [Theory]
    [InlineData(10)]
    [InlineData(50)]
    [InlineData(400)]
    public void It_finds_what_the_backends_carry(int capacity)
    {
        Run(capacity, seconds: 30);

        // At rest it is 1.25 x capacity + sqrt(limit), which is the queue that is left standing.
        var expected = 1.25 * capacity + Math.Sqrt(_limit.Limit);
        Assert.InRange(_limit.Limit, expected * 0.9, expected * 1.1);
    }

    [Fact]
    public void It_follows_backends_that_lose_half_of_what_they_carry()
    {
        Run(capacity: 100, seconds: 30);
        var before = _limit.Limit;

        Run(capacity: 50, seconds: 2);

        Assert.InRange(_limit.Limit, before * 0.4, before * 0.6);
    }

    [Fact]
    public void It_falls_to_the_minimum_and_not_below()
    {
        Run(capacity: 100, seconds: 10);
        Run(capacity: 1, seconds: 10);

        Assert.InRange(_limit.Limit, Settings.Minimum, 2 * Settings.Minimum);
    }

    [Fact]
    public void It_rises_to_the_maximum_and_not_above()
    {
        Run(capacity: 100000, seconds: 30);

        Assert.Equal(Settings.Maximum, _limit.Limit);
    }

    [Fact]
    public void Traffic_that_does_not_come_near_leaves_it_as_it_is()
    {
        Run(capacity: 1000, seconds: 60, demand: 9);

        Assert.Equal(Settings.Initial, _limit.Limit);
    }

    /// <summary>Without the probes the queue that is left standing would count as no load after a minute, and grow for ever.</summary>
    [Theory]
    [InlineData(5)]
    [InlineData(50)]
    public void Hours_of_overload_do_not_make_it_drift(int capacity)
    {
        Run(capacity, seconds: 60);
        var before = _limit.Limit;

        Run(capacity, seconds: 4 * 3600);

        Assert.InRange(_limit.Limit, before * 0.8, before * 1.2);
        Assert.InRange(_limit.LatencyWithoutLoad, 10_000, 10_500);
    }

    [Fact]
    public void Backends_that_became_slower_for_good_are_measured_anew()
    {
        Run(capacity: 50, seconds: 30);

        Run(capacity: 50, seconds: 70, latency: 20_000);

        Assert.InRange(_limit.LatencyWithoutLoad, 20_000, 21_000);
        Assert.InRange(_limit.Limit, 60, 85);
    }

    [Fact]
    public void A_probe_takes_no_more_than_a_part_of_the_limit_and_not_for_long()
    {
        Run(capacity: 50, seconds: 30);
        var atRest = _limit.Limit;
        var (lowest, low) = (atRest, 0);
        for (var windows = 0; windows < 600; windows++)
        {
            Run(capacity: 50, seconds: 0.1);
            lowest = Math.Min(lowest, _limit.Limit);
            if (_limit.Limit < atRest * 0.8) low++;
        }

        Assert.InRange(lowest, atRest * 0.45, atRest * 0.6);
        Assert.InRange(low, 1, 3);
    }

    private void Run(int capacity, double seconds, int demand = int.MaxValue, double latency = 10_000)
    {
        for (var windows = (int)Math.Round(seconds * 10); windows > 0; windows--)
        {
            _now += 100;
            var active = Math.Min(demand, _limit.Limit);
            _limit.OnWindow(_now, latency * Math.Max(1, (double)active / capacity), active, _random);
        }
    }
}
