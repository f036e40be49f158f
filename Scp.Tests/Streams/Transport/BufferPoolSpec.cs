using Scp.Streams.Transport;

namespace Scp.Tests.Streams.Transport;

public sealed class BufferPoolSpec
{
    private readonly BufferPool _pool = new();

    [Theory]
    [InlineData(0, 1024)]
    [InlineData(1, 1024)]
    [InlineData(1024, 1024)]
    [InlineData(1025, 2048)]
    [InlineData(BufferPool.SmallSize, 2048)]
    [InlineData(BufferPool.MediumSize, 16384)]
    [InlineData(BufferPool.LargeSize, 65536)]
    [InlineData(65537, 131072)]
    [InlineData(131072, 131072)]
    [InlineData(131073, 131073)]
    public void A_buffer_is_as_large_as_the_next_power_of_two(int asked, int capacity) => Assert.Equal(capacity, _pool.Rent(asked).Capacity);

    [Fact]
    public void A_returned_buffer_is_rented_again()
    {
        var buffer = _pool.Rent(2000);
        buffer.Release();
        Assert.Same(buffer, _pool.Rent(2000));
        Assert.NotSame(buffer, _pool.Rent(2000));
    }

    [Fact]
    public void A_buffer_beyond_the_buckets_is_not_kept()
    {
        var buffer = _pool.Rent(200_000);
        buffer.Release();
        Assert.Equal(0, _pool.Outstanding);
        Assert.NotSame(buffer, _pool.Rent(200_000));
    }

    [Fact]
    public void A_bucket_keeps_a_bounded_number_of_buffers()
    {
        const int Kept = 8 * 1024 * 1024 / (128 * 1024);
        var buffers = Enumerable.Range(0, Kept + 10).Select(_ => _pool.Rent(128 * 1024)).ToHashSet();
        foreach (var buffer in buffers) buffer.Release();
        var again = Enumerable.Range(0, Kept + 10).Select(_ => _pool.Rent(128 * 1024)).ToList();
        Assert.Equal(Kept, again.Count(buffers.Contains));
    }

    [Fact]
    public void A_buffer_goes_back_with_its_last_reference()
    {
        var buffer = _pool.Rent(10);
        Assert.False(buffer.IsShared);
        buffer.Retain();
        Assert.True(buffer.IsShared);
        buffer.Release();
        Assert.Equal(1, _pool.Outstanding);
        buffer.Release();
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public void A_second_release_and_a_late_reference_are_bugs_that_show()
    {
        var released = _pool.Rent(10);
        released.Release();
        Assert.Throws<InvalidOperationException>(released.Release);
        var dead = new BufferPool().Rent(10);
        dead.Release();
        Assert.Throws<InvalidOperationException>(() => dead.Retain());
    }

    [Fact]
    public void Threads_never_share_a_buffer()
    {
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, thread =>
        {
            for (var i = 0; i < 50_000; i++)
            {
                var buffer = _pool.Rent(1000);
                buffer.Bytes[0] = (byte)thread;
                buffer.Retain();
                buffer.Release();
                Assert.Equal((byte)thread, buffer.Bytes[0]);
                buffer.Release();
            }
        });
        Assert.Equal(0, _pool.Outstanding);
    }
}
