using Scp.Streams.Balancing;

namespace Scp.Host.Replay.Network;

/// <summary>Draws the time that a backend takes for a request.</summary>
internal static class LatencySampler
{
    /// <summary>The 99th percentile of the standard normal distribution.</summary>
    private const double Z99 = 2.3263478740408408;

    public static TimeSpan Draw(Scenarios.LatencySettings latency, PickRandom random) => latency switch
    {
        { Constant: { } constant } => constant,
        { From: { } from, To: { } to } => from + ((to - from) * random.NextDouble()),
        { Mean: { } mean } => mean * -Math.Log(1 - random.NextDouble()),
        { P50: { } median, P99: { } tail } => LogNormal(median, tail, random),
        _ => TimeSpan.Zero,
    };

    /// <summary>ln X is normal with mean ln p50, and p99 lies 2.326 deviations above.</summary>
    private static TimeSpan LogNormal(TimeSpan median, TimeSpan tail, PickRandom random) =>
        median * Math.Exp(Math.Log(tail / median) / Z99 * Normal(random));

    /// <summary>Box and Muller (1958).</summary>
    private static double Normal(PickRandom random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
