using System.Buffers.Text;
using Scp.Streams.Messages;

namespace Scp.Streams.Filters;

/// <summary>The content of a local response, given out as fast as the client's credit allows.</summary>
internal struct LocalContent(ContentSlice content)
{
    private ContentSlice _rest = content;

    public readonly bool IsEmpty => _rest.IsEmpty;

    /// <summary>The next bytes within the credit of the response, which is taken.</summary>
    public ContentSlice Next(Exchange exchange)
    {
        var length = Math.Min(exchange.ResponseCredit, _rest.Length);
        exchange.TakeResponseCredit(length);
        if (length == _rest.Length)
        {
            var last = _rest;
            _rest = default;
            return last;
        }

        if (length == 0) return default;
        var next = new ContentSlice(_rest.Buffer!.Retain(), _rest.Offset, length);
        _rest = new ContentSlice(_rest.Buffer, _rest.Offset + length, _rest.Length - length);
        return next;
    }

    public void Release()
    {
        _rest.Release();
        _rest = default;
    }

    /// <summary>Gives a local response the framing that its content has; a response to HEAD keeps the length only.</summary>
    public static void Frame(ResponseHead head, ref ContentSlice content)
    {
        var mayHaveContent = head.Status is not (204 or 304) && head.Status >= 200;
        head.Fields.Remove(KnownField.ContentLength);
        head.Fields.Remove(KnownField.TransferEncoding);
        head.ContentLength = mayHaveContent ? content.Length : -1;
        if (mayHaveContent)
        {
            Span<byte> text = stackalloc byte[11];
            Utf8Formatter.TryFormat(content.Length, text, out var length);
            head.Fields.Add(KnownField.ContentLength, text[..length]);
        }

        var isSent = mayHaveContent && head.Exchange.Request.Method != Method.Head;
        head.Framing = isSent ? BodyFraming.Length : BodyFraming.None;
        if (isSent) return;
        content.Release();
        content = default;
    }
}
