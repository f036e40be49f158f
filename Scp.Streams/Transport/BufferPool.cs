using System.Numerics;

namespace Scp.Streams.Transport;

/// <summary>
/// Buckets of <see cref="IoBuffer"/> by power-of-two size, shared by the whole process. A bucket keeps a bounded number of idle
/// buffers, so that a burst does not hold its memory for ever; what is over goes to the collector.
/// </summary>
public sealed class BufferPool
{
    /// <summary>The receive buffer of a connection that waits for a request: most heads fit; one that needs more keeps the next size.</summary>
    public const int IdleSize = 1024;

    /// <summary>Heads on the way out, the first bytes of content.</summary>
    public const int SmallSize = 2 * 1024;

    /// <summary>Upstream responses on the way in.</summary>
    public const int MediumSize = 16 * 1024;

    /// <summary>Bulk content: larger receives stop paying on loopback and on 10 Gbit/s networks.</summary>
    public const int LargeSize = 64 * 1024;

    private const int SmallestShift = 10;
    private const int BucketCount = 8; // 1 KiB to 128 KiB

    /// <summary>Bytes that each bucket may keep while idle.</summary>
    private const int IdleBytesPerBucket = 8 * 1024 * 1024;

    public static readonly BufferPool Shared = new();

    private readonly Bucket[] _buckets = new Bucket[BucketCount];
    private long _outstanding;

    public BufferPool()
    {
        for (var i = 0; i < BucketCount; i++)
        {
            var size = 1 << (SmallestShift + i);
            _buckets[i] = new Bucket(IdleBytesPerBucket / size);
        }
    }

    /// <summary>Buffers rented and not yet returned; a test checks that it comes back to zero.</summary>
    public long Outstanding => Interlocked.Read(ref _outstanding);

    /// <summary>Rents a buffer of at least <paramref name="size"/> bytes; above 128 KiB it is made for this call and not kept.</summary>
    public IoBuffer Rent(int size)
    {
        Interlocked.Increment(ref _outstanding);
        var bucket = BucketOf(size);
        var buffer = (bucket < BucketCount ? _buckets[bucket].Take() : null)
            ?? new IoBuffer(this, bucket < BucketCount ? 1 << (SmallestShift + bucket) : size);
        buffer.Rented();
        return buffer;
    }

    internal void Return(IoBuffer buffer)
    {
        Interlocked.Decrement(ref _outstanding);
        var bucket = BucketOf(buffer.Capacity);
        if (bucket < BucketCount) _buckets[bucket].Put(buffer);
    }

    private static int BucketOf(int size) =>
        size <= 1 << SmallestShift ? 0 : 32 - BitOperations.LeadingZeroCount((uint)(size - 1)) - SmallestShift;

    private sealed class Bucket(int capacity)
    {
        private readonly IoBuffer?[] _idle = new IoBuffer?[capacity];
        private SpinLock _lock = new(enableThreadOwnerTracking: false);
        private int _count;

        public IoBuffer? Take()
        {
            var taken = false;
            try
            {
                _lock.Enter(ref taken);
                if (_count == 0) return null;
                var buffer = _idle[--_count];
                _idle[_count] = null;
                return buffer;
            }
            finally
            {
                if (taken) _lock.Exit(useMemoryBarrier: false);
            }
        }

        public void Put(IoBuffer buffer)
        {
            var taken = false;
            try
            {
                _lock.Enter(ref taken);
                if (_count < _idle.Length) _idle[_count++] = buffer;
            }
            finally
            {
                if (taken) _lock.Exit(useMemoryBarrier: false);
            }
        }
    }
}
