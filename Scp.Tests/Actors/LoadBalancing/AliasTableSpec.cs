using Scp.Actors.LoadBalancing;
using Scp.Streams.Balancing;
using Scp.Tests.Support;

namespace Scp.Tests.Actors.LoadBalancing;

public class AliasTableSpec
{
    [Theory]
    [InlineData(7)]
    [InlineData(1, 1)]
    [InlineData(1, 2, 3, 4)]
    [InlineData(5, 1, 1)]
    [InlineData(1000, 10, 10, 400)]
    public void Indexes_are_drawn_by_weight(params int[] weights)
    {
        var table = new AliasTable(weights);
        var random = new PickRandom(17);
        var counts = new int[weights.Length];
        for (var i = 0; i < 100_000; i++) counts[table.Draw(random)]++;
        ChiSquare.AssertFits(counts, [.. weights.Select(w => (double)w)]);
    }
}
