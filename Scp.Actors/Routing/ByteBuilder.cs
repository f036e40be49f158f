using System.Buffers;

namespace Scp.Actors.Routing;

/// <summary>Bytes put together on the stack; what does not fit there is rented. Disposed by whoever made it.</summary>
internal ref struct ByteBuilder(Span<byte> initial)
{
    private Span<byte> _bytes = initial;
    private byte[]? _rented;

    public int Length { get; private set; }

    public readonly Span<byte> Written => _bytes[..Length];

    public void Append(byte b)
    {
        if (Length == _bytes.Length) Grow(1);
        _bytes[Length++] = b;
    }

    public void Append(scoped ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _bytes.Length - Length) Grow(bytes.Length);
        bytes.CopyTo(_bytes[Length..]);
        Length += bytes.Length;
    }

    public void Truncate(int length) => Length = length;

    public void Dispose()
    {
        if (_rented is not null) ArrayPool<byte>.Shared.Return(_rented);
        _rented = null;
        _bytes = default;
        Length = 0;
    }

    private void Grow(int more)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + more, _bytes.Length * 2));
        Written.CopyTo(larger);
        if (_rented is not null) ArrayPool<byte>.Shared.Return(_rented);
        _bytes = _rented = larger;
    }
}
