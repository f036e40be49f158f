using Scp.Streams.Errors;

namespace Scp.Streams.Messages;

/// <summary>
/// An element of the response direction. Grammar of one exchange:
/// <c>Interim* Head (Content* End)? | Interim* (Head Content*)? Failed</c>; a head or content with <c>EndsMessage</c> stands for its own
/// End.
/// </summary>
public abstract class ResponsePart(Exchange exchange)
{
    public Exchange Exchange { get; } = exchange;
}

/// <summary>Content bytes of a response. The receiver owns the slice.</summary>
public sealed class ResponseContent(Exchange exchange, ContentSlice content, bool endsMessage) : ResponsePart(exchange)
{
    public ContentSlice Content { get; } = content;

    public bool EndsMessage { get; } = endsMessage;
}

/// <summary>The end of a response, with its trailers if it had any.</summary>
public sealed class ResponseEnd(Exchange exchange, FieldSection? trailers = null) : ResponsePart(exchange)
{
    public FieldSection? Trailers { get; } = trailers;
}

/// <summary>
/// No response, or no more of it. Before the head it becomes an error response; after it the client must see that the response was cut
/// short.
/// </summary>
public sealed class ResponseFailed(Exchange exchange, ProxyError error) : ResponsePart(exchange)
{
    public ProxyError Error { get; } = error;
}
