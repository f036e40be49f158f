using Scp.Streams.Errors;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Http1;

/// <summary>How far the response of the current exchange has got.</summary>
public enum WriteState : byte
{
    /// <summary>No final head yet.</summary>
    AwaitHead,

    /// <summary>Content follows, framed as the head said.</summary>
    Content,

    /// <summary>101 was sent: bytes pass as they are.</summary>
    Tunnel,

    /// <summary>The response is complete.</summary>
    Complete,
}

/// <summary>
/// Turns the response parts of one exchange at a time into bytes (RFC 9112). It frames anew: what the client gets follows from the
/// client's version and the head's framing, never from the origin's bytes.
/// </summary>
public sealed class ResponseSender
{
    private BodyFraming _framing;
    private long _remaining;
    private bool _hasNoContent;

    public WriteState State { get; private set; }

    /// <summary>The connection ends with this response.</summary>
    public bool ClosesAfter { get; private set; }

    public void Next()
    {
        State = WriteState.AwaitHead;
        ClosesAfter = false;
        _hasNoContent = false;
        _remaining = 0;
    }

    /// <summary>Writes a head; false when it breaks a rule, and nothing was written then.</summary>
    public bool WriteHead(ResponseHead head, SendBatch output, bool close, out ProxyError error)
    {
        var request = head.Exchange.Request;
        error = ProxyError.None;
        if (head.IsInterim) return request.Version == HttpVersion.Http10 || Write(head, output, out error);
        if (head.Status == 101)
        {
            State = WriteState.Tunnel;
            return Write(head, output, out error);
        }

        _hasNoContent = request.Method == Method.Head || head.Status is 204 or 304;
        ClosesAfter = close;
        Frame(head, request.Version);
        var fields = head.Fields;
        if (ClosesAfter) fields.Add(KnownField.Connection, "close"u8);
        else if (request.Version == HttpVersion.Http10) fields.Add(KnownField.Connection, "keep-alive"u8);
        if (!Write(head, output, out error)) return false;
        State = WriteState.Content;
        return true;
    }

    /// <summary>Writes content; false when there is more than the head announced.</summary>
    public bool WriteContent(Exchange exchange, ContentSlice content, SendBatch output)
    {
        if (content.IsEmpty || _hasNoContent)
        {
            content.Release();
            return true;
        }

        exchange.Record.ResponseContentBytes += content.Length;
        switch (_framing)
        {
            case BodyFraming.Length when content.Length > _remaining:
            case BodyFraming.None:
                content.Release();
                return false;
            case BodyFraming.Length:
                _remaining -= content.Length;
                break;
            case BodyFraming.Chunked:
                output.Advance(ChunkWriter.WriteHeader(output.GetSpan(ChunkWriter.MaxHeader), content.Length));
                output.Append(exchange, content);
                output.Append(ChunkWriter.End);
                return true;
        }

        output.Append(exchange, content);
        return true;
    }

    /// <summary>Ends the message; false when less came than the head announced.</summary>
    public bool WriteEnd(Exchange exchange, FieldSection? trailers, SendBatch output)
    {
        State = WriteState.Complete;
        if (_hasNoContent) return true;
        if (_framing == BodyFraming.Length) return _remaining == 0;
        if (_framing == BodyFraming.Chunked)
        {
            var wanted = exchange.Request.AcceptsTrailers ? trailers : null;
            if (ChunkWriter.TryWriteLast(output.GetSpan(ChunkWriter.MeasureLast(wanted)), wanted, out var written, out _))
                output.Advance(written);
            else output.Append(ChunkWriter.LastChunk); // a trailer that must not be written is dropped (RFC 9110 6.5.1)
        }

        return true;
    }

    private static bool Write(ResponseHead head, SendBatch output, out ProxyError error)
    {
        var span = output.GetSpan(Http1ResponseWriter.Measure(head));
        if (!Http1ResponseWriter.TryWrite(head, span, out var written, out error)) return false;
        output.Advance(written);
        return true;
    }

    /// <summary>Decides how the client will know the length of the content (RFC 9112 section 6.3) and makes the fields say it.</summary>
    private void Frame(ResponseHead head, HttpVersion version)
    {
        _framing = head.Framing;
        var fields = head.Fields;
        if (_hasNoContent)
        {
            _framing = BodyFraming.None;
            if (head.Status == 204) fields.Remove(KnownField.ContentLength); // RFC 9110 8.6: never in 204
            return;
        }

        if (_framing is BodyFraming.None)
        {
            _framing = BodyFraming.Length;
            head.ContentLength = 0;
        }

        switch (_framing)
        {
            case BodyFraming.Length:
                _remaining = head.ContentLength;
                SetContentLength(fields, head.ContentLength);
                break;
            default:
                fields.Remove(KnownField.ContentLength);
                if (version == HttpVersion.Http10)
                {
                    _framing = BodyFraming.UntilClose;
                    ClosesAfter = true;
                }
                else
                {
                    _framing = BodyFraming.Chunked;
                    fields.Add(KnownField.TransferEncoding, "chunked"u8);
                }

                break;
        }
    }

    /// <summary>One field with this number, whatever a filter left there.</summary>
    private static void SetContentLength(FieldSection fields, long length)
    {
        Span<byte> digits = stackalloc byte[20];
        System.Buffers.Text.Utf8Formatter.TryFormat(length, digits, out var written);
        var index = fields.IndexOf(KnownField.ContentLength);
        if (index >= 0 && fields.Value(index).SequenceEqual(digits[..written]) && fields.IndexOf(KnownField.ContentLength, index + 1) < 0) return;
        fields.Remove(KnownField.ContentLength);
        fields.Add(KnownField.ContentLength, digits[..written]);
    }
}
