using Scp.Actors.Discovery;

namespace Scp.Tests.Actors.Discovery;

public sealed class SrvWeightsSpec
{
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(0, 100, 1)]
    [InlineData(1, 1000, 1)]
    [InlineData(60, 100, 60)]
    [InlineData(1000, 1000, 1000)]
    [InlineData(65535, 65535, 1000)]
    [InlineData(32768, 65535, 500)]
    [InlineData(1, 65535, 1)]
    public void Weights_stay_as_they_are_up_to_1000_and_keep_their_proportion_above(int weight, int largest, int expected) =>
        Assert.Equal(expected, SrvWeights.Scale(weight, largest));
}
