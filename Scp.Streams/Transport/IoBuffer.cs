namespace Scp.Streams.Transport;

/// <summary>
/// A pooled, reference-counted byte array. Whoever rents it owns one reference; every <see cref="Messages.ContentSlice"/> that
/// points into it owns another. The array goes back to its pool with the last <see cref="Release"/>, so content crosses the whole
/// pipeline without a copy.
/// </summary>
/// <remarks>Thread-safe: a send may complete on another thread than the one that reads.</remarks>
public sealed class IoBuffer
{
    private readonly BufferPool _pool;
    private int _references;

    internal IoBuffer(BufferPool pool, int size)
    {
        _pool = pool;
        Bytes = GC.AllocateUninitializedArray<byte>(size, pinned: true);
    }

    /// <summary>The whole array, pinned. Only the owner that filled a range may write to it.</summary>
    public byte[] Bytes { get; }

    public int Capacity => Bytes.Length;

    public Span<byte> Span => Bytes;

    internal void Rented() => Volatile.Write(ref _references, 1);

    /// <summary>True when content slices besides the owner still point into it.</summary>
    public bool IsShared => Volatile.Read(ref _references) > 1;

    /// <summary>Adds one reference.</summary>
    public IoBuffer Retain()
    {
        if (Interlocked.Increment(ref _references) <= 1)
            throw new InvalidOperationException("A buffer was retained after its last release.");
        return this;
    }

    /// <summary>Gives one reference back; the last one returns the array to the pool.</summary>
    public void Release()
    {
        var left = Interlocked.Decrement(ref _references);
        if (left == 0) _pool.Return(this);
        else if (left < 0) throw new InvalidOperationException("A buffer was released twice.");
    }
}
