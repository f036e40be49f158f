using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Dispatch;

/// <summary>
/// The content of one request on its way to the backends. It waits here until an attempt can write it and, as long as the request may be
/// repeated, a copy stays for the next attempt, up to a limit; above it the copy is let go and the request is not repeatable any more.
/// </summary>
/// <remarks>
/// What is kept lies in blocks of its own: slices of receive buffers would hold a whole buffer for a byte of a client that sends slowly.
/// Memory is bounded by the limit for what is kept and by the credit of the exchange for what waits. Credit comes back as bytes leave for
/// the first time; what is sent again has given its credit back already.
/// </remarks>
public sealed class RequestContentQueue(Exchange exchange, int keepLimit)
{
    private const int BlockSize = BufferPool.MediumSize;

    private readonly List<IoBuffer> _blocks = [];
    private PartQueue<RequestContent> _waiting;
    private int _keepLimit = keepLimit;
    private int _kept;
    private long _granted;
    private bool _consumed, _isReleased;

    /// <summary>Bytes that came.</summary>
    public long Length { get; private set; }

    /// <summary>Everything has come.</summary>
    public bool IsOver { get; private set; }

    public FieldSection? Trailers { get; private set; }

    /// <summary>Nothing goes out any more: what waits and what will come is thrown away and its credit granted.</summary>
    public bool IsDiscarding { get; private set; }

    /// <summary>What came so far can be written once more, from the beginning.</summary>
    public bool IsRepeatable => !_consumed && !IsDiscarding && !_isReleased;

    /// <summary>All of it is kept, so that two attempts may read it side by side.</summary>
    public bool IsKeptWhole => IsOver && IsRepeatable && _waiting.Count == 0;

    /// <summary>Takes what the head brought, or a part that came after it.</summary>
    public void Add(RequestPart part)
    {
        switch (part)
        {
            case RequestContent content:
                IsOver |= content.EndsMessage;
                Add(content);
                break;
            case RequestEnd end:
                IsOver = true;
                if (IsDiscarding) end.Trailers?.Release();
                else Trailers = end.Trailers;
                break;
        }
    }

    /// <summary>The next piece behind the first <paramref name="position"/> bytes; the caller owns the slice.</summary>
    public bool TryRead(ref long position, out ContentSlice slice)
    {
        slice = default;
        if (position < _kept)
        {
            var block = _blocks[(int)(position / BlockSize)];
            var offset = (int)(position % BlockSize);
            slice = new ContentSlice(block.Retain(), offset, (int)Math.Min(BlockSize - offset, _kept - position));
        }
        else if (_waiting.TryDequeue(out var content))
        {
            _consumed = true;
            slice = content.Content;
        }

        position += slice.Length;
        if (position >= _kept && _keepLimit == 0) ReleaseBlocks();
        return !slice.IsEmpty;
    }

    /// <summary>The first <paramref name="position"/> bytes have left: the codec may emit as many again.</summary>
    public void Sent(long position)
    {
        if (position <= _granted) return;
        var bytes = (int)(position - _granted);
        _granted = position;
        exchange.GrantRequestCredit(bytes);
    }

    /// <summary>The request will not be repeated: what is kept goes as soon as the one attempt that goes on has read it.</summary>
    /// <param name="position">Bytes that it has read.</param>
    public void StopKeeping(long position)
    {
        _keepLimit = 0;
        if (position >= _kept) ReleaseBlocks();
    }

    /// <summary>Throws away what is here and what will come. Without its credit the rest of the request would never be read.</summary>
    public void Discard()
    {
        if (IsDiscarding) return;
        IsDiscarding = true;
        ReleaseBlocks();
        while (_waiting.TryDequeue(out var content)) content.Content.Release();
        Trailers?.Release();
        Trailers = null;
        Sent(Length);
    }

    private void Add(RequestContent content)
    {
        var slice = content.Content;
        if (slice.IsEmpty)
        {
            slice.Release();
            return;
        }

        Length += slice.Length;
        if (IsDiscarding)
        {
            slice.Release();
            Sent(Length);
        }
        else if (Length <= _keepLimit) Keep(slice);
        else
        {
            _keepLimit = 0;
            _waiting.Enqueue(content);
        }
    }

    private void Keep(ContentSlice slice)
    {
        for (var rest = slice.Span; !rest.IsEmpty;)
        {
            var offset = _kept % BlockSize;
            if (offset == 0) _blocks.Add(BufferPool.Shared.Rent(BlockSize));
            var piece = Math.Min(rest.Length, BlockSize - offset);
            rest[..piece].CopyTo(_blocks[^1].Span[offset..]);
            rest = rest[piece..];
            _kept += piece;
        }

        slice.Release();
    }

    private void ReleaseBlocks()
    {
        if (_blocks.Count == 0) return;
        _isReleased = true;
        foreach (var block in _blocks) block.Release();
        _blocks.Clear();
        _kept = 0;
    }
}
