using Scp.Streams.Errors;
using Scp.Streams.Http1;
using Scp.Streams.Limits;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Dispatch;

/// <summary>Where the reader stands in the backend's bytes.</summary>
public enum ResponseState : byte
{
    Head,
    Length,
    Chunked,
    UntilClose,
    Tunnel,
    Complete,
}

/// <summary>
/// Turns the bytes of an upstream connection into the response parts of one exchange. Content leaves as slices of the receive buffer,
/// within the credit of the exchange.
/// </summary>
public sealed class ResponseReader(Exchange exchange, LimitSettings limits)
{
    private ChunkedDecoder? _chunks;
    private IoBuffer? _buffer;
    private int _start, _end, _scanned, _lastReceived;
    private int _interim;
    private long _remaining, _received;
    private ResponseHead? _head;

    public ResponseState State { get; private set; } = ResponseState.Head;

    /// <summary>More than one medium buffer was received: a larger one saves a receive.</summary>
    public bool WasLarge => _received > BufferPool.MediumSize;

    /// <summary>Bytes received and not yet consumed.</summary>
    public int Buffered => _end - _start;

    /// <summary>Any byte of a response has come: the request was seen, so it may not simply be sent again.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>The backend said that it closes the connection, or the framing says so.</summary>
    public bool ClosesConnection { get; private set; }

    public bool WantsBytes => State switch
    {
        ResponseState.Head => true,
        ResponseState.Complete => false,
        _ => UsefulCredit > 0,
    };

    /// <summary>Begins on a connection, whose pending receive, if any, goes into this buffer.</summary>
    public void Attach(IoBuffer? buffer)
    {
        _buffer = buffer;
        _start = _end = _scanned = 0;
    }

    /// <summary>Lets go of the connection; its buffer is returned unless content still points into it.</summary>
    public IoBuffer? Detach()
    {
        var buffer = _buffer;
        _buffer = null;
        _chunks?.Reset();
        _chunks = null;
        ReleaseUnusedHead();
        return buffer;
    }

    public (IoBuffer Buffer, int Offset) PrepareReceive()
    {
        var wanted = State switch
        {
            ResponseState.Length => (int)Math.Clamp(_remaining, BufferPool.SmallSize, BufferPool.LargeSize),
            ResponseState.Head => BufferPool.MediumSize,
            _ => _lastReceived >= BufferPool.MediumSize ? BufferPool.LargeSize : BufferPool.MediumSize,
        };
        if (_buffer is not null && Buffered == 0)
        {
            if (_buffer.IsShared || _buffer.Capacity < wanted)
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
        _received += bytes;
        HasBegun = true;
    }

    /// <summary>The next part that buffered bytes and credit allow; null when there is none now.</summary>
    public ResponsePart? Read(out ProxyError error)
    {
        error = ProxyError.None;
        return State switch
        {
            ResponseState.Head => ReadHead(out error),
            ResponseState.Length => ReadKnownLength(),
            ResponseState.Chunked => ReadChunk(out error),
            ResponseState.UntilClose or ResponseState.Tunnel => ReadRaw(),
            _ => null,
        };
    }

    /// <summary>The backend has closed its side: the end of the message, or null with what is missing.</summary>
    public ResponsePart? ReadEndOfStream(out ProxyError error)
    {
        error = ProxyError.None;
        switch (State)
        {
            case ResponseState.UntilClose or ResponseState.Tunnel:
                State = ResponseState.Complete;
                return new ResponseEnd(exchange);
            case ResponseState.Head:
                error = ProxyError.UpstreamClosedEarly;
                return null;
            default:
                error = ProxyError.ResponseTruncated;
                return null;
        }
    }

    private ResponseHead? ReadHead(out ProxyError error)
    {
        error = ProxyError.None;
        if (Buffered == 0) return null;
        _head ??= new ResponseHead(exchange);
        var request = exchange.Request;
        var status = Http1ResponseParser.Parse(
            _buffer!.Bytes.AsSpan(_start, Buffered), _head, request.Method, request.AsksToUpgrade, limits,
            ref _scanned, out var consumed, out error);
        if (status != ParseStatus.Done) return null;
        _start += consumed;
        _scanned = 0;
        var head = _head;
        if (head.IsInterim)
        {
            _head = null;
            if (++_interim > limits.InterimResponses)
            {
                head.Fields.Release();
                error = ProxyError.TooManyInterimResponses;
                return null;
            }

            return head;
        }

        ClosesConnection = head.ClosesConnection;
        Begin(head);
        return head;
    }

    /// <summary>Sets up the content and puts what is there of it into the head.</summary>
    private void Begin(ResponseHead head)
    {
        switch (head.Framing)
        {
            case BodyFraming.Length when head.ContentLength > 0:
                State = ResponseState.Length;
                _remaining = head.ContentLength;
                head.Content = TakeKnownLength();
                head.EndsMessage = State == ResponseState.Complete;
                break;
            case BodyFraming.Chunked:
                State = ResponseState.Chunked;
                _chunks = new ChunkedDecoder();
                break;
            case BodyFraming.UntilClose:
                State = ResponseState.UntilClose;
                ClosesConnection = true;
                break;
            case BodyFraming.Tunnel:
                State = ResponseState.Tunnel;
                ClosesConnection = true;
                break;
            default:
                State = ResponseState.Complete;
                head.EndsMessage = true;
                break;
        }
    }

    private ResponseContent? ReadKnownLength()
    {
        var content = TakeKnownLength();
        return content.IsEmpty ? null : new ResponseContent(exchange, content, State == ResponseState.Complete);
    }

    private ResponseContent? ReadRaw()
    {
        var length = Math.Min(Buffered, UsefulCredit);
        return length == 0 ? null : new ResponseContent(exchange, Take(length), endsMessage: false);
    }

    private ResponsePart? ReadChunk(out ProxyError error)
    {
        error = ProxyError.None;
        while (Buffered > 0 && UsefulCredit > 0)
        {
            // Content is never longer than the input, so the credit bounds it. Framing takes no credit: what is buffered behind it
            // comes first, or more and more would be received while little credit is left.
            var input = _buffer!.Bytes.AsSpan(_start, Math.Min(Buffered, UsefulCredit));
            var status = _chunks!.Decode(input, limits, out var consumed, out var content, out error);
            var from = _start + content.Offset;
            _start += consumed;
            switch (status)
            {
                case ChunkStatus.Content:
                    exchange.TakeResponseCredit(content.Length);
                    return new ResponseContent(exchange, new ContentSlice(_buffer.Retain(), from, content.Length), endsMessage: false);
                case ChunkStatus.End:
                    State = ResponseState.Complete;
                    return new ResponseEnd(exchange, _chunks.TakeTrailers());
                case ChunkStatus.Rejected:
                    error = ProxyError.MalformedResponse;
                    return null;
                case ChunkStatus.NeedMore when consumed > 0:
                    break;
                default:
                    return null;
            }
        }

        return null;
    }

    /// <summary>What may be emitted now: nothing until it is worth a part.</summary>
    private int UsefulCredit => exchange.ResponseCredit >= CreditWindow.Useful ? exchange.ResponseCredit : 0;

    private ContentSlice TakeKnownLength()
    {
        var length = (int)Math.Min(Math.Min(Buffered, UsefulCredit), _remaining);
        if (length == 0) return default;
        _remaining -= length;
        if (_remaining == 0) State = ResponseState.Complete;
        return Take(length);
    }

    private ContentSlice Take(int length)
    {
        exchange.TakeResponseCredit(length);
        var slice = new ContentSlice(_buffer!.Retain(), _start, length);
        _start += length;
        return slice;
    }

    private void ReleaseUnusedHead()
    {
        if (_head is { } head && State == ResponseState.Head) head.Fields.Release();
        _head = null;
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
