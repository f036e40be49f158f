using Scp.Streams.Errors;
using Scp.Streams.Http1;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Dispatch;

/// <summary>Turns one request into bytes for the connection of one attempt: the head, then what the queue has of its content.</summary>
/// <param name="exchange">The request.</param>
/// <param name="content">Its content; null when it has none.</param>
public struct RequestSender(Exchange exchange, RequestContentQueue? content)
{
    private long _position, _sent;

    /// <summary>The request is complete in the output.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>
    /// The content is not as long as the head said: what is too much would be the origin's next request, and it would wait for what lacks.
    /// </summary>
    public bool IsMisframed { get; private set; }

    /// <summary>Bytes of content that were written.</summary>
    public readonly long Position => _position;

    private readonly bool IsTunnel => exchange.Request.AsksToUpgrade;

    /// <summary>Makes the head what goes on the wire to this backend; again for each that is tried.</summary>
    public static void PrepareHead(RequestHead head, Backend backend, bool sendsBackendHost)
    {
        if (sendsBackendHost) head.Fields.Remove(KnownField.Host);
        if (head.Framing != BodyFraming.Length) head.Fields.Remove(KnownField.ContentLength); // never both, whatever a filter did
        if (head.Framing != BodyFraming.Chunked) head.Fields.Remove(KnownField.TransferEncoding);
        else if (head.Fields.IndexOf(KnownField.TransferEncoding) < 0) head.Fields.Add(KnownField.TransferEncoding, "chunked"u8);
        if (head.Fields.IndexOf(KnownField.Host) < 0) // HTTP/1.0 without Host: we speak HTTP/1.1 to the origin, which needs one
            head.Fields.Add(KnownField.Host, System.Text.Encoding.ASCII.GetBytes(backend.AddressText));
    }

    /// <summary>Writes the head and what there is behind it; false when a part of it must not go on the wire.</summary>
    public bool Begin(SendBatch output, out ProxyError error)
    {
        var head = exchange.Request;
        if (!Http1RequestWriter.TryWrite(head, output.GetSpan(Http1RequestWriter.Measure(head)), out var written, out error)) return false;
        output.Advance(written);
        if (content is not null) Continue(output);
        else WriteEnd(null, output);
        return true;
    }

    /// <summary>Writes what has come since.</summary>
    public void Continue(SendBatch output)
    {
        if (content is null || IsComplete) return;
        while (content.TryRead(ref _position, out var slice))
        {
            if (WriteContent(slice, output)) continue;
            IsMisframed = true;
            slice.Release();
            return;
        }

        if (content.IsOver) WriteEnd(content.Trailers, output);
    }

    /// <summary>So many bytes of the content have left.</summary>
    public void Sent(int bytes)
    {
        _sent += bytes;
        content?.Sent(_sent);
    }

    private readonly bool WriteContent(ContentSlice slice, SendBatch output)
    {
        if (exchange.Request.Framing != BodyFraming.Chunked || IsTunnel)
        {
            if (_position > LengthSaid && !IsTunnel) return false;
            output.Append(exchange, slice);
            return true;
        }

        output.Advance(ChunkWriter.WriteHeader(output.GetSpan(ChunkWriter.MaxHeader), slice.Length));
        output.Append(exchange, slice);
        output.Append(ChunkWriter.End);
        return true;
    }

    private readonly long LengthSaid => exchange.Request.Framing == BodyFraming.Length ? exchange.Request.ContentLength : 0;

    private void WriteEnd(FieldSection? trailers, SendBatch output)
    {
        IsComplete = true;
        if (IsTunnel) return;
        if (exchange.Request.Framing != BodyFraming.Chunked)
        {
            IsMisframed |= _position < LengthSaid;
            return;
        }

        if (ChunkWriter.TryWriteLast(output.GetSpan(ChunkWriter.MeasureLast(trailers)), trailers, out var written, out _))
            output.Advance(written);
        else output.Append(ChunkWriter.LastChunk); // a trailer that must not be written is dropped (RFC 9110 6.5.1)
    }
}
