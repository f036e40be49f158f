using Scp.Streams.Errors;
using Scp.Streams.Http1;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Dispatch;

/// <summary>
/// Turns the request parts of one exchange into bytes for its upstream connection. Parts that come before there is a connection wait here,
/// within the credit of the exchange.
/// </summary>
public sealed class RequestSender(Exchange exchange)
{
    private PartQueue<RequestPart> _waiting;
    private bool _contentWritten;
    private long _remaining;
    private int _unsent;

    /// <summary>The request is complete in the output.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>No content of the request has come yet.</summary>
    public bool IsEmpty => !_contentWritten && _waiting.Count == 0;

    /// <summary>Nothing more of the request goes out: what still comes is thrown away and its credit granted.</summary>
    public bool IsDiscarding { get; private set; }

    /// <summary>
    /// The content is not as long as the head said: what is too much would be the origin's next request, and it would wait for what lacks.
    /// </summary>
    public bool IsMisframed { get; private set; }

    /// <summary>The same request could be written once more: no content of it has gone anywhere.</summary>
    public bool CanRepeat => !_contentWritten;

    private bool IsTunnel => exchange.Request.AsksToUpgrade;

    /// <summary>Takes the content that came with the head.</summary>
    public void Admit(RequestHead head)
    {
        if (!head.Content.IsEmpty) _waiting.Enqueue(new RequestContent(exchange, head.Content, head.EndsMessage));
        head.Content = default;
    }

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

    /// <summary>Writes the head and what waited behind it; false when a part of it must not go on the wire.</summary>
    public bool Begin(SendBatch output, out ProxyError error)
    {
        var head = exchange.Request;
        if (!Http1RequestWriter.TryWrite(head, output.GetSpan(Http1RequestWriter.Measure(head)), out var written, out error)) return false;
        output.Advance(written);
        _remaining = head.Framing == BodyFraming.Length ? head.ContentLength : 0;
        while (_waiting.TryDequeue(out var part)) Write(part, output);
        if (!head.EndsMessage) return true;
        IsComplete = true;
        IsMisframed |= _remaining > 0 && !IsTunnel;
        return true;
    }

    /// <summary>A part came; <paramref name="output"/> is null while there is no connection.</summary>
    public void Add(RequestPart part, SendBatch? output)
    {
        if (IsDiscarding) Discard(part);
        else if (output is null) _waiting.Enqueue(part);
        else Write(part, output);
    }

    /// <summary>Throws away what waits and what will come.</summary>
    public void StartDiscarding()
    {
        IsDiscarding = true;
        while (_waiting.TryDequeue(out var part)) Discard(part);
    }

    /// <summary>The connection is gone before anything of the content was written: a next one gets everything again.</summary>
    public void Restart() => IsComplete = false;

    /// <summary>So many bytes of the content have left: the codec may emit as many again.</summary>
    public void Sent(int bytes)
    {
        bytes = Math.Min(bytes, _unsent);
        _unsent -= bytes;
        exchange.GrantRequestCredit(bytes);
    }

    /// <summary>The connection is gone with what it had not sent: without its credit the rest of the request would never be read.</summary>
    public void ForgetUnsent() => Sent(_unsent);

    private void Write(RequestPart part, SendBatch output)
    {
        switch (part)
        {
            case RequestContent content:
                WriteContent(content.Content, output);
                if (content.EndsMessage) WriteEnd(null, output);
                break;
            case RequestEnd end:
                WriteEnd(end.Trailers, output);
                end.Trailers?.Release();
                break;
        }
    }

    private void WriteContent(ContentSlice content, SendBatch output)
    {
        if (content.IsEmpty) return;
        _contentWritten = true;
        _unsent += content.Length;
        if (exchange.Request.Framing != BodyFraming.Chunked || IsTunnel)
        {
            _remaining -= content.Length;
            if (_remaining < 0 && !IsTunnel)
            {
                IsMisframed = true;
                content.Release();
                return;
            }

            output.Append(exchange, content);
            return;
        }

        output.Advance(ChunkWriter.WriteHeader(output.GetSpan(ChunkWriter.MaxHeader), content.Length));
        output.Append(exchange, content);
        output.Append(ChunkWriter.End);
    }

    private void WriteEnd(FieldSection? trailers, SendBatch output)
    {
        IsComplete = true;
        if (IsTunnel) return;
        if (exchange.Request.Framing != BodyFraming.Chunked)
        {
            IsMisframed |= _remaining > 0;
            return;
        }

        _contentWritten = true;
        if (ChunkWriter.TryWriteLast(output.GetSpan(ChunkWriter.MeasureLast(trailers)), trailers, out var written, out _))
            output.Advance(written);
        else output.Append(ChunkWriter.LastChunk); // a trailer that must not be written is dropped (RFC 9110 6.5.1)
    }

    private void Discard(RequestPart part)
    {
        var length = part is RequestContent content ? content.Content.Length : 0;
        if (part is RequestEnd or RequestContent { EndsMessage: true }) IsComplete = true;
        part.ReleaseContent();
        exchange.GrantRequestCredit(length);
    }
}
