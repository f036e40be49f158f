using Scp.Streams.Errors;

namespace Scp.Streams.Messages;

/// <summary>
/// An element of the request direction. Grammar of one exchange:
/// <c>Head (Content* End)? | Head Content* Rejected | Rejected</c>; a head or content with <c>EndsMessage</c> stands for its own End. A
/// Rejected after the message ended cancels the exchange.
/// </summary>
public abstract class RequestPart(Exchange exchange)
{
    public Exchange Exchange { get; } = exchange;
}

/// <summary>Content bytes of a request. The receiver owns the slice.</summary>
public sealed class RequestContent(Exchange exchange, ContentSlice content, bool endsMessage) : RequestPart(exchange)
{
    public ContentSlice Content { get; } = content;

    public bool EndsMessage { get; } = endsMessage;
}

/// <summary>The end of a request, with its trailers if it had any.</summary>
public sealed class RequestEnd(Exchange exchange, FieldSection? trailers = null) : RequestPart(exchange)
{
    public FieldSection? Trailers { get; } = trailers;
}

/// <summary>The request broke a rule or a limit, or its client went away: it will not be completed.</summary>
public sealed class RequestRejected(Exchange exchange, ProxyError error) : RequestPart(exchange)
{
    public ProxyError Error { get; } = error;
}
