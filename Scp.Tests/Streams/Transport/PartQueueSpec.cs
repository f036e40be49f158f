using Scp.Streams.Transport;

namespace Scp.Tests.Streams.Transport;

/// <summary>Order and count, with one part and with many.</summary>
public sealed class PartQueueSpec
{
    [Fact]
    public void Parts_leave_in_the_order_in_which_they_came()
    {
        var queue = default(PartQueue<string>);
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 5; i++) queue.Enqueue($"{i}");
            Assert.Equal(5, queue.Count);
            Assert.True(queue.TryDequeue(out var first));
            Assert.Equal("0", first);
            queue.Enqueue("5");
            for (var i = 1; i <= 5; i++)
            {
                Assert.True(queue.TryDequeue(out var part));
                Assert.Equal($"{i}", part);
            }

            Assert.False(queue.TryDequeue(out _));
            Assert.Equal(0, queue.Count);
        }
    }
}
