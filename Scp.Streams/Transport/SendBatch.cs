using Scp.Streams.Messages;

namespace Scp.Streams.Transport;

/// <summary>
/// Bytes that leave with one vectored send: heads are written into pooled buffers, large content goes as it is, small content is
/// copied behind the head so that a small response is one segment. Remembers whose credit comes back when the bytes have left.
/// </summary>
public sealed class SendBatch
{
    /// <summary>Content up to this size is copied: cheaper than another segment.</summary>
    private const int CopyBelow = 4 * 1024;

    private readonly List<ArraySegment<byte>> _segments = new(1);
    private readonly List<IoBuffer> _buffers = [];
    private readonly List<(Exchange Exchange, int Bytes)> _credit = new(1);
    private readonly BufferPool _pool;
    private IoBuffer? _tail;
    private int _tailStart, _tailUsed;

    public SendBatch(BufferPool? pool = null) => _pool = pool ?? BufferPool.Shared;

    /// <summary>Bytes in the batch.</summary>
    public int Length { get; private set; }

    public bool IsEmpty => Length == 0;

    /// <summary>Whose content is inside, and how much of it.</summary>
    public List<(Exchange Exchange, int Bytes)> Credit => _credit;

    /// <summary>Room for at least <paramref name="size"/> bytes; what was written is added by <see cref="Advance"/>.</summary>
    public Span<byte> GetSpan(int size)
    {
        if (_tail is null || _tail.Capacity - _tailUsed < size)
        {
            CloseTail();
            _tail = _pool.Rent(Math.Max(size, BufferPool.SmallSize));
            _buffers.Add(_tail);
            _tailStart = _tailUsed = 0;
        }

        return _tail.Span[_tailUsed..];
    }

    public void Advance(int bytes)
    {
        _tailUsed += bytes;
        Length += bytes;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Advance(bytes.Length);
    }

    /// <summary>Adds content; the batch owns the slice from now on.</summary>
    public void Append(Exchange exchange, ContentSlice content)
    {
        if (content.IsEmpty)
        {
            content.Release();
            return;
        }

        _credit.Add((exchange, content.Length));
        if (content.Length <= CopyBelow && (_tail is null || _tail.Capacity - _tailUsed >= content.Length))
        {
            Append(content.Span);
            content.Release();
            return;
        }

        CloseTail();
        _segments.Add(content.Segment);
        _buffers.Add(content.Buffer!);
        Length += content.Length;
    }

    /// <summary>Starts the send of the whole batch.</summary>
    public TransportResult Send(ITransport transport)
    {
        CloseTail();
        return _segments.Count == 1 ? transport.Send((ReadOnlyMemory<byte>)_segments[0]) : transport.Send(_segments);
    }

    /// <summary>Gives every buffer back and empties the batch for its next use.</summary>
    public void Clear()
    {
        foreach (var buffer in _buffers) buffer.Release();
        _buffers.Clear();
        _segments.Clear();
        _credit.Clear();
        _tail = null;
        _tailStart = _tailUsed = 0;
        Length = 0;
    }

    private void CloseTail()
    {
        if (_tail is null || _tailUsed == _tailStart) return;
        _segments.Add(new ArraySegment<byte>(_tail.Bytes, _tailStart, _tailUsed - _tailStart));
        _tailStart = _tailUsed;
    }
}
