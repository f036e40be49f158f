using Scp.Streams.Errors;
using Scp.Streams.Limits;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Http1;

/// <summary>Where the reader stands in the client's bytes.</summary>
public enum ReadState : byte
{
    /// <summary>Before or inside a request head.</summary>
    Head,

    /// <summary>Inside content whose length is known.</summary>
    Length,

    /// <summary>Inside chunked content.</summary>
    Chunked,

    /// <summary>After the head of an upgrade request: bytes are held until the response says which protocol they are.</summary>
    Held,

    /// <summary>Inside an upgraded connection: bytes pass as they are.</summary>
    Tunnel,

    /// <summary>The request is complete; what follows belongs to the next one.</summary>
    Complete,

    /// <summary>The request was refused or the connection is closing: bytes are thrown away.</summary>
    Discard,
}

/// <summary>
/// Turns the bytes of one client connection into request parts, one exchange at a time. Owns the receive buffer; content leaves as slices
/// of it, without a copy, within the credit of the exchange.
/// </summary>
public sealed class RequestReader
{
    private ChunkedDecoder? _chunks;
    private IoBuffer? _buffer;
    private int _start, _end, _scanned;
    private int _lastReceived;
    private long _remaining;

    public ReadState State { get; private set; }

    /// <summary>Bytes received and not yet consumed.</summary>
    public int Buffered => _end - _start;

    /// <summary>Content bytes still to come, when the length is known; else -1.</summary>
    public long Remaining => State == ReadState.Length ? _remaining : -1;

    /// <summary>Takes bytes that were received before the reader began.</summary>
    public void Adopt(IoBuffer buffer, int start, int end)
    {
        _buffer = buffer;
        _start = start;
        _end = end;
    }

    /// <summary>Whether more bytes from the socket are of use now.</summary>
    public bool WantsBytes(Exchange? exchange) => State switch
    {
        ReadState.Head or ReadState.Discard => true,
        ReadState.Length or ReadState.Chunked or ReadState.Tunnel => exchange is not null && UsefulCredit(exchange) > 0,
        _ => Buffered < BufferPool.SmallSize, // notices FIN and takes a bounded part of what is pipelined
    };

    /// <summary>Where the next receive goes.</summary>
    public (IoBuffer Buffer, int Offset) PrepareReceive()
    {
        var wanted = State switch
        {
            ReadState.Length => (int)Math.Clamp(_remaining, BufferPool.SmallSize, BufferPool.LargeSize),
            ReadState.Chunked or ReadState.Tunnel =>
                _lastReceived >= BufferPool.MediumSize ? BufferPool.LargeSize
                    : _lastReceived >= BufferPool.SmallSize ? BufferPool.MediumSize : BufferPool.SmallSize,
            _ => BufferPool.IdleSize,
        };
        if (_buffer is not null && Buffered == 0)
        {
            if (_buffer.IsShared || _buffer.Capacity < wanted || _buffer.Capacity > 2 * Math.Max(wanted, BufferPool.SmallSize))
            {
                _buffer.Release();
                _buffer = null;
            }

            _start = _end = _scanned = 0;
        }

        if (_buffer is null) _buffer = BufferPool.Shared.Rent(wanted);
        else if (_buffer.Capacity - _end < 512) MoveToLarger(wanted);
        return (_buffer, _end);
    }

    public void Received(int bytes)
    {
        _end += bytes;
        _lastReceived = bytes;
    }

    /// <summary>Gets ready for the next request on the connection.</summary>
    public void Next()
    {
        State = ReadState.Head;
        _scanned = 0;
    }

    /// <summary>Stops reading messages: what comes is thrown away.</summary>
    public void Discard()
    {
        State = ReadState.Discard;
        _start = _end;
    }

    /// <summary>The response was 101: held bytes and all that follow pass as they are.</summary>
    public void SwitchToTunnel() => State = ReadState.Tunnel;

    /// <summary>The response was not 101: the request has no content, what follows is the next request.</summary>
    public void UpgradeDeclined() => State = ReadState.Complete;

    /// <summary>Tries to complete a request head. When it has, sets up its content and puts the first bytes into the head.</summary>
    public ParseStatus ReadHead(RequestHead head, LimitSettings limits, out ProxyError error)
    {
        error = ProxyError.None;
        if (Buffered == 0) return ParseStatus.NeedMore;
        var status = Http1RequestParser.Parse(
            _buffer!.Bytes.AsSpan(_start, Buffered), head, limits, ref _scanned, out var consumed, out error);
        if (status != ParseStatus.Done) return status;
        _start += consumed;
        _scanned = 0;
        if (head.AsksToUpgrade)
        {
            State = ReadState.Held;
            return status;
        }

        switch (head.Framing)
        {
            case BodyFraming.Length when head.ContentLength > limits.RequestContent:
                error = ProxyError.ContentTooLarge;
                return ParseStatus.Rejected;
            case BodyFraming.Length when head.ContentLength > 0:
                State = ReadState.Length;
                _remaining = head.ContentLength;
                var first = TakeKnownLength(head.Exchange);
                head.Content = first;
                head.EndsMessage = State == ReadState.Complete;
                return status;
            case BodyFraming.Chunked:
                State = ReadState.Chunked;
                _chunks ??= new ChunkedDecoder();
                _chunks.Reset();
                return status;
            default:
                State = ReadState.Complete;
                head.EndsMessage = true;
                return status;
        }
    }

    /// <summary>The next part of the content that buffered bytes and credit allow; null when there is none now.</summary>
    public RequestPart? ReadContent(Exchange exchange, LimitSettings limits, out ProxyError error)
    {
        error = ProxyError.None;
        switch (State)
        {
            case ReadState.Length:
                var known = TakeKnownLength(exchange);
                return known.IsEmpty ? null : new RequestContent(exchange, known, State == ReadState.Complete);
            case ReadState.Tunnel:
                var length = Math.Min(Buffered, UsefulCredit(exchange));
                return length == 0 ? null : new RequestContent(exchange, Take(exchange, length), endsMessage: false);
            case ReadState.Chunked:
                return ReadChunk(exchange, limits, out error);
            default:
                return null;
        }
    }

    /// <summary>Gives the receive buffer back.</summary>
    public void Release()
    {
        _buffer?.Release();
        _buffer = null;
        _start = _end = 0;
        _chunks?.Reset();
    }

    private RequestPart? ReadChunk(Exchange exchange, LimitSettings limits, out ProxyError error)
    {
        error = ProxyError.None;
        while (Buffered > 0 && UsefulCredit(exchange) > 0)
        {
            // Content is never longer than the input, so the credit bounds it. Framing takes no credit: what is buffered behind it
            // comes first, or more and more would be received while little credit is left.
            var input = _buffer!.Bytes.AsSpan(_start, Math.Min(Buffered, UsefulCredit(exchange)));
            var status = _chunks!.Decode(input, limits, out var consumed, out var content, out error);
            var (from, length) = (_start + content.Offset, content.Length);
            _start += consumed;
            switch (status)
            {
                case ChunkStatus.Content:
                    exchange.TakeRequestCredit(length);
                    exchange.Record.RequestContentBytes += length;
                    if (exchange.Record.RequestContentBytes > limits.RequestContent)
                    {
                        error = ProxyError.ContentTooLarge;
                        return null;
                    }

                    return new RequestContent(exchange, new ContentSlice(_buffer.Retain(), from, length), endsMessage: false);
                case ChunkStatus.End:
                    return FinishChunked(exchange);
                case ChunkStatus.NeedMore when consumed > 0:
                    break;
                default:
                    return null; // more bytes are needed, or the error says what is wrong
            }
        }

        return null;
    }

    private RequestEnd FinishChunked(Exchange exchange)
    {
        State = ReadState.Complete;
        return new RequestEnd(exchange, _chunks!.TakeTrailers());
    }

    /// <summary>What may be emitted now: nothing until it is worth a part.</summary>
    private static int UsefulCredit(Exchange exchange) => exchange.RequestCredit >= CreditWindow.Useful ? exchange.RequestCredit : 0;

    private ContentSlice TakeKnownLength(Exchange exchange)
    {
        var length = (int)Math.Min(Math.Min(Buffered, UsefulCredit(exchange)), _remaining);
        if (length == 0) return default;
        _remaining -= length;
        if (_remaining == 0) State = ReadState.Complete;
        exchange.Record.RequestContentBytes += length;
        return Take(exchange, length);
    }

    private ContentSlice Take(Exchange exchange, int length)
    {
        exchange.TakeRequestCredit(length);
        var slice = new ContentSlice(_buffer!.Retain(), _start, length);
        _start += length;
        return slice;
    }

    private void MoveToLarger(int wanted)
    {
        var larger = BufferPool.Shared.Rent(Math.Max(wanted, 2 * Math.Max(Buffered, 1024)));
        _buffer!.Bytes.AsSpan(_start, Buffered).CopyTo(larger.Span);
        _buffer.Release();
        _buffer = larger;
        _end -= _start;
        _start = 0;
    }
}
