namespace Scp.Streams.Messages;

/// <summary>
/// The head of a final or interim (1xx) response. May carry the first content bytes and may end the message.
/// </summary>
public sealed class ResponseHead(Exchange exchange) : ResponsePart(exchange)
{
    public FieldSection Fields { get; } = new();

    public HttpVersion Version { get; set; } = HttpVersion.Http11;

    /// <summary>100 to 999.</summary>
    public int Status { get; set; }

    /// <summary>The reason phrase as received; empty means that the writer puts the registered one.</summary>
    public ByteSlice Reason { get; set; }

    public BodyFraming Framing { get; set; }

    /// <summary>Bytes of content when <see cref="Framing"/> is Length; on a response to HEAD what Content-Length said, else -1.</summary>
    public long ContentLength { get; set; } = -1;

    /// <summary>The origin will close its connection after this response.</summary>
    public bool ClosesConnection { get; set; }

    public ContentSlice Content { get; set; }

    public bool EndsMessage { get; set; }

    /// <summary>1xx other than 101: more heads follow (RFC 9110 15.2).</summary>
    public bool IsInterim => Status is >= 100 and < 200 and not 101;
}
