using Scp.Streams.Transport;

namespace Scp.Streams.Messages;

/// <summary>
/// Content bytes inside a pooled buffer. Carries one reference to the buffer; whoever consumes the slice calls
/// <see cref="Release"/> exactly once.
/// </summary>
public readonly struct ContentSlice(IoBuffer buffer, int offset, int length)
{
    public IoBuffer? Buffer { get; } = buffer;

    public int Offset { get; } = offset;

    public int Length { get; } = length;

    public bool IsEmpty => Length == 0;

    public ReadOnlySpan<byte> Span => Buffer is null ? default : Buffer.Bytes.AsSpan(Offset, Length);

    public ReadOnlyMemory<byte> Memory => Buffer is null ? default : Buffer.Bytes.AsMemory(Offset, Length);

    public ArraySegment<byte> Segment => Buffer is null ? default : new ArraySegment<byte>(Buffer.Bytes, Offset, Length);

    /// <summary>Copies bytes into a buffer of its own: for local bodies and filters.</summary>
    public static ContentSlice Copy(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return default;
        var buffer = BufferPool.Shared.Rent(bytes.Length);
        bytes.CopyTo(buffer.Span);
        return new ContentSlice(buffer, 0, bytes.Length);
    }

    public void Release() => Buffer?.Release();
}
