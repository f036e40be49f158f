using System.Numerics;
using Scp.Streams.Messages;

namespace Scp.Streams.Filters;

/// <summary>What becomes of the exchange after a filter has seen a part of it.</summary>
public enum FilterVerdict : byte
{
    /// <summary>The part passes, as the filter left it.</summary>
    Continue,

    /// <summary>
    /// The exchange is answered by <see cref="FilterContext.LocalResponse"/>; the origin sees nothing more of it. The filters before
    /// this one see that response. Once a response head has passed there is no second one: then it is the same as Abort.
    /// </summary>
    Respond,

    /// <summary>The exchange is cut: before the response head it becomes an error response, after it the client sees a reset.</summary>
    Abort,
}

/// <summary>
/// A small rule on the heads and the content of an exchange; many of them run inside one <see cref="FilterChainStage"/>. One instance
/// serves all exchanges of a route at once: what it remembers of one is in <see cref="FilterContext.State"/>.
/// </summary>
/// <remarks>
/// <para>A request passes the filters in configured order, its response in reverse. A hook that is not overridden is never called.</para>
/// <para>
/// A hook may complete later; only its exchange waits, in that direction. Until it completes it may use the part it was given, but must
/// copy what it needs of the request fields before its first await: the exchange may be over when it goes on. What it throws cuts the
/// exchange with InternalError.
/// </para>
/// </remarks>
public abstract class HttpFilter
{
    private int _failures;

    protected HttpFilter() => Hooks = OverriddenHooks.Of(GetType());

    /// <summary>The name in the configuration and in logs.</summary>
    public abstract string Name { get; }

    /// <summary>The hooks that are overridden.</summary>
    public FilterHooks Hooks { get; }

    /// <summary>
    /// Counts an exception that the filter threw. True for the first, second, fourth, eighth and so on: who knows the request that makes
    /// a filter throw cannot flood the log with it.
    /// </summary>
    internal bool CountFailure(out int failures)
    {
        failures = Interlocked.Increment(ref _failures);
        return BitOperations.IsPow2(failures);
    }

    public virtual ValueTask<FilterVerdict> OnRequestHead(FilterContext context, RequestHead request) => default;

    /// <summary>
    /// Called for every piece of content, the last with <see cref="FilterContent.EndsMessage"/>; that one may be empty. A message
    /// without content gets no call. A filter that changes the length says so in the head: <see cref="ChangesContent(RequestHead)"/>.
    /// </summary>
    public virtual ValueTask<FilterVerdict> OnRequestContent(FilterContext context, FilterContent content) => default;

    /// <summary>The final response head; interim ones pass unseen.</summary>
    public virtual ValueTask<FilterVerdict> OnResponseHead(FilterContext context, ResponseHead response) => default;

    /// <summary>As for requests. The bytes of a tunnel (101, CONNECT) are no content.</summary>
    public virtual ValueTask<FilterVerdict> OnResponseContent(FilterContext context, FilterContent content) => default;

    /// <summary>The trailers of the request or of the response.</summary>
    public virtual ValueTask<FilterVerdict> OnTrailers(FilterContext context, FieldSection trailers, FilterDirection direction) => default;

    /// <summary>
    /// Called once when both directions have ended, whichever way: to release what <see cref="FilterContext.State"/> holds.
    /// </summary>
    public virtual void OnExchangeCompleted(FilterContext context) { }

    /// <summary>Called from <see cref="OnRequestHead"/> by a filter that will change the length of the content.</summary>
    protected static void ChangesContent(RequestHead request)
    {
        if (request.Framing != BodyFraming.Length) return;
        request.Framing = BodyFraming.Chunked;
        request.ContentLength = 0;
        request.Fields.Remove(KnownField.ContentLength);
    }

    /// <summary>Called from <see cref="OnResponseHead"/> by a filter that will change the length of the content.</summary>
    protected static void ChangesContent(ResponseHead response)
    {
        response.Fields.Remove(KnownField.ContentLength);
        response.ContentLength = -1;
        if (response.Framing == BodyFraming.Length) response.Framing = BodyFraming.Chunked;
    }
}
