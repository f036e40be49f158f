namespace Scp.Tests.Support;

/// <summary>
/// Pearson's test whether counts fit shares. Significance 1 in 1000; the seeds of the tests are fixed, so a test that passes goes on passing.
/// </summary>
public static class ChiSquare
{
    /// <summary>The quantile of the normal distribution for 0.999.</summary>
    private const double Z = 3.0902;

    public static void AssertFits(IReadOnlyList<int> counts, IReadOnlyList<double> shares)
    {
        var (total, whole) = (counts.Sum(), shares.Sum());
        var statistic = 0.0;
        var freedom = -1;
        for (var i = 0; i < counts.Count; i++)
        {
            var expected = total * shares[i] / whole;
            if (expected <= 0)
            {
                Assert.Equal(0, counts[i]);
                continue;
            }

            Assert.True(expected >= 5, "too few draws for the approximation to hold");
            freedom++;
            statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
        }

        var limit = LimitOf(freedom);
        Assert.True(statistic <= limit, $"chi-square {statistic:F1} is above {limit:F1}: {string.Join(' ', counts)}");
    }

    public static void AssertUniform(IReadOnlyList<int> counts) => AssertFits(counts, [.. counts.Select(_ => 1.0)]);

    /// <summary>Wilson and Hilferty 1931.</summary>
    private static double LimitOf(int freedom) =>
        freedom == 0 ? 1e-9 : freedom * Math.Pow(1 - 2.0 / (9 * freedom) + Z * Math.Sqrt(2.0 / (9 * freedom)), 3);
}
