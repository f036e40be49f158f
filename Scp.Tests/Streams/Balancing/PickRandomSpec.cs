using Scp.Streams.Balancing;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Balancing;

public class PickRandomSpec
{
    /// <summary>From the reference implementation by Sebastiano Vigna, splitmix64.c.</summary>
    [Fact]
    public void It_is_SplitMix64()
    {
        var random = new PickRandom(1234567);
        Assert.Equal(
            [6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL],
            [random.Next(), random.Next(), random.Next()]);
    }

    [Fact]
    public void The_same_seed_draws_the_same() =>
        Assert.Equal(Draws(new PickRandom(7)), Draws(new PickRandom(7)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(100)]
    public void Numbers_below_a_limit_are_uniform(int limit)
    {
        var random = new PickRandom(42);
        var counts = new int[limit];
        for (var i = 0; i < 100_000; i++) counts[random.Next(limit)]++;
        ChiSquare.AssertUniform(counts);
    }

    [Fact]
    public void Fractions_are_uniform_from_0_to_below_1()
    {
        var random = new PickRandom(43);
        var counts = new int[50];
        for (var i = 0; i < 100_000; i++)
        {
            var fraction = random.NextDouble();
            Assert.InRange(fraction, 0, 1 - 1e-17);
            counts[(int)(fraction * 50)]++;
        }

        ChiSquare.AssertUniform(counts);
    }

    private static ulong[] Draws(PickRandom random) => [.. Enumerable.Range(0, 10).Select(_ => random.Next())];
}
