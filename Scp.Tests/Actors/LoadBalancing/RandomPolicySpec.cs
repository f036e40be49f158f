using Scp.Actors.LoadBalancing;
using Scp.Streams.Balancing;
using Scp.Tests.Support;

namespace Scp.Tests.Actors.LoadBalancing;

public class RandomPolicySpec
{
    private readonly RandomPolicy _policy = new();

    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(1, 2, 3, 4)]
    public void Shares_are_by_weight(params int[] weights)
    {
        var set = Candidates.Weighted(_policy, weights);
        var random = new PickRandom(21);
        var counts = new int[weights.Length];
        for (var i = 0; i < 50_000; i++) counts[_policy.Pick(new PickContext(0, 0, random), set, default)]++;
        ChiSquare.AssertFits(counts, [.. weights.Select(w => (double)w)]);
    }
}
