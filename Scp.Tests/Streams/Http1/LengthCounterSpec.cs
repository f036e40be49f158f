using Scp.Streams.Http1;
using Scp.Streams.Messages;

namespace Scp.Tests.Streams.Http1;

public class LengthCounterSpec
{
    [Fact]
    public void Content_ends_after_its_length()
    {
        var counter = new LengthCounter(BodyFraming.Length, 5);
        Assert.Equal(3, counter.Take(3));
        Assert.False(counter.IsComplete);
        Assert.Equal(2, counter.Take(10));
        Assert.True(counter.IsComplete);
        Assert.Equal(0, counter.Take(1));
    }

    [Fact]
    public void No_content_is_complete_at_once() => Assert.True(new LengthCounter(BodyFraming.None, 12).IsComplete);

    [Theory]
    [InlineData(BodyFraming.UntilClose)]
    [InlineData(BodyFraming.Tunnel)]
    public void Content_without_a_length_never_ends_by_itself(BodyFraming framing)
    {
        var counter = new LengthCounter(framing, -1);
        Assert.Equal(int.MaxValue, counter.Take(int.MaxValue));
        Assert.False(counter.IsComplete);
    }
}
