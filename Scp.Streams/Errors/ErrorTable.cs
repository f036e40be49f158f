using Akka.Event;
using static Scp.Streams.Errors.Fault;
using static Scp.Streams.Errors.ProxyError;

namespace Scp.Streams.Errors;

/// <summary>Whose fault an error is: a peer's is logged at debug or info, ours at error.</summary>
public enum Fault : byte
{
    None,
    Client,
    Upstream,
    Configuration,
    Proxy,
}

/// <summary>The whole truth about one error.</summary>
/// <param name="Error">Which.</param>
/// <param name="Status">Status code sent when no response head has gone out yet; 0 when nothing is sent; 499 is for the log only.</param>
/// <param name="ProxyStatus">Error token of RFC 9209 section 2.3; empty when nothing went wrong or nobody can read it.</param>
/// <param name="Fault">Whose fault it is.</param>
/// <param name="ClosesClientConnection">The client connection cannot be used any more after it.</param>
/// <param name="NothingSent">True when it is certain that no byte of the request reached the origin: any method may go elsewhere.</param>
/// <param name="Sentence">What happened and, where a key decides it, which.</param>
public sealed record ErrorRow(
    ProxyError Error, int Status, string ProxyStatus, Fault Fault, bool ClosesClientConnection, bool NothingSent, string Sentence)
{
    /// <summary>The stable code of the error in Proxy-Status and wherever a person reads it: its name in kebab-case.</summary>
    public string Reason { get; } =
        string.Concat(Error.ToString().Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : $"{c}"));

    /// <summary>What happened, without internals: the text for the client.</summary>
    public required string Explanation { get; init; }

    /// <summary>The configuration key that decides, null when none does.</summary>
    public string? Key { get; init; }

    /// <summary>Seconds of the Retry-After field; 0 for none.</summary>
    public int RetryAfterSeconds { get; init; }

    /// <summary>A response can be made of it.</summary>
    public bool HasResponse => Status is not (0 or 499);

    /// <summary>How loud it is logged: no peer can make the log shout.</summary>
    public LogLevel LogLevel => Fault switch
    {
        Proxy => LogLevel.ErrorLevel,
        Upstream or Configuration => LogLevel.InfoLevel,
        _ => LogLevel.DebugLevel,
    };
}

/// <summary>
/// One row for every <see cref="ProxyError"/> (BEHAVIOUR section 4.6): responses, logs, metrics and documentation come from it.
/// </summary>
public static class ErrorTable
{
    private static readonly ErrorRow[] Rows = Index(
    [
        Row(ProxyError.None, 0, "", Fault.None, "nothing went wrong"),

        // The client's request. After most of these nobody can tell where the next request begins, so the connection closes.
        Row(MalformedRequestLine, 400, "http_request_error", Client, "the request line is malformed", closes: true),
        Row(MalformedTarget, 400, "http_request_error", Client, "the request target is malformed", closes: true),
        Row(MalformedField, 400, "http_request_error", Client, "a field line of the request is malformed", closes: true),
        Row(MalformedChunk, 400, "http_request_error", Client, "the chunked content is malformed", closes: true),
        Row(MalformedTrailers, 400, "http_request_error", Client, "the trailers of the request are malformed", closes: true),
        Row(BareLineFeed, 400, "http_request_error", Client, "a line ends with LF without CR", closes: true),
        Row(BareCarriageReturn, 400, "http_request_error", Client, "there is a CR without LF", closes: true),
        Row(MissingHost, 400, "http_request_error", Client, "there is no Host field", closes: true),
        Row(InvalidHost, 400, "http_request_error", Client, "the Host field is invalid, repeated or contradicts the target", closes: true),
        Row(AmbiguousFraming, 400, "http_request_error", Client,
            "Content-Length and Transfer-Encoding contradict each other", closes: true),
        Row(InvalidContentLength, 400, "http_request_error", Client, "the Content-Length field is invalid", closes: true),
        Row(InvalidTransferEncoding, 400, "http_request_error", Client, "the Transfer-Encoding field is invalid", closes: true),
        Row(UnsupportedTransferEncoding, 501, "http_request_error", Client, "the transfer coding is not supported", closes: true),
        Row(UnsupportedVersion, 505, "http_request_error", Client, "the HTTP version is not supported", closes: true),
        Row(UriTooLong, 414, "http_request_error", Client, "the request line is too long", "scp.limits.request-line", closes: true),
        Row(RequestHeadTooLarge, 431, "http_request_error", Client,
            "the request head or one of its field lines is too large", "scp.limits.request-head or scp.limits.field-line", closes: true),
        Row(TooManyFields, 431, "http_request_error", Client, "the request has too many fields", "scp.limits.field-count", closes: true),
        Row(ChunkExtensionsTooLarge, 400, "http_request_error", Client,
            "the chunk extensions are too large", "scp.limits.chunk-extensions", closes: true),
        Row(TrailersTooLarge, 431, "http_request_error", Client,
            "the trailers of the request are too large", "scp.limits.trailers", closes: true),
        Row(ContentTooLarge, 413, "http_request_error", Client,
            "the content of the request is too large", "scp.limits.request-content", closes: true),
        Row(ExpectationFailed, 417, "http_request_error", Client, "the expectation of the request cannot be met", closes: true),
        Row(RequestHeadTimeout, 408, "http_request_error", Client,
            "the request head took too long", "scp.timeouts.request-head", closes: true),
        Row(RequestContentTimeout, 408, "http_request_error", Client,
            "the content of the request stopped coming", "scp.timeouts.request-content-idle", closes: true),
        Row(RequestContentTooSlow, 408, "http_request_error", Client,
            "the content of the request comes too slowly", "scp.timeouts.request-content-minimum-rate", closes: true),
        Row(ClientDisconnected, 499, "", Client, "the client went away", closes: true),
        Row(ResponseWriteTimeout, 0, "", Client,
            "the client stopped reading the response", "scp.timeouts.response-write", closes: true),
        Row(KeepAliveTimeout, 0, "", Fault.None, "the connection was idle", "scp.timeouts.keep-alive-idle", closes: true),

        // Our own rules
        Row(NoRoute, 404, "destination_not_found", Client, "no route matches this host and path"),
        Row(MethodNotAllowed, 405, "http_request_denied", Client, "no route for this host and path allows the method"),
        Row(LoopDetected, 502, "proxy_loop_detected", Configuration,
            "the request has passed this proxy before", "scp.forwarding.pseudonym"),
        Row(ConnectNotAllowed, 403, "http_request_denied", Client, "CONNECT is not allowed here", closes: true),
        Row(FilterDenied, 403, "http_request_denied", Client, "a rule denies this request"),
        Row(Draining, 503, "destination_unavailable", Fault.None, "the service is going down", closes: true, retryAfter: 1),
        Row(InternalError, 500, "proxy_internal_error", Proxy, "the proxy failed"),

        // The upstream side
        Row(NoBackend, 503, "destination_unavailable", Upstream, "no backend is available", nothingSent: true, retryAfter: 5),
        Row(CircuitOpen, 503, "destination_unavailable", Upstream,
            "the circuit of the backends is open", "scp.pools.*.circuit.pool", nothingSent: true, retryAfter: 5),
        Row(QueueFull, 503, "connection_limit_reached", Upstream,
            "all backends are busy and too many requests wait for them already", "scp.pools.*.queue.size", nothingSent: true, retryAfter: 1),
        Row(QueueTimeout, 503, "connection_limit_reached", Upstream,
            "all backends were busy for too long", "scp.pools.*.queue.timeout", nothingSent: true, retryAfter: 1),
        Row(Overloaded, 503, "connection_limit_reached", Upstream,
            "the backends are overloaded", "scp.pools.*.adaptive-concurrency", nothingSent: true, retryAfter: 1),
        Row(ConnectRefused, 502, "connection_refused", Upstream, "the backend refused the connection", nothingSent: true),
        Row(ConnectTimeout, 504, "connection_timeout", Upstream,
            "connecting to the backend took too long", "scp.pools.*.connections.connect-timeout", nothingSent: true),
        Row(ConnectFailed, 502, "destination_unavailable", Upstream, "the backend could not be reached", nothingSent: true),
        Row(UpstreamReset, 502, "connection_terminated", Upstream, "the backend reset the connection"),
        Row(UpstreamClosedEarly, 502, "connection_terminated", Upstream, "the backend closed the connection without a response"),
        Row(MalformedResponse, 502, "http_protocol_error", Upstream, "the response of the backend is malformed"),
        Row(ResponseHeadTooLarge, 502, "http_response_header_section_size", Upstream,
            "the response head is too large", "scp.limits.response-head"),
        Row(ResponseTooManyFields, 502, "http_response_header_section_size", Upstream,
            "the response has too many fields", "scp.limits.response-field-count"),
        Row(TooManyInterimResponses, 502, "http_protocol_error", Upstream,
            "the backend sent too many interim responses", "scp.limits.interim-responses"),
        Row(ResponseHeadTimeout, 504, "http_response_timeout", Upstream,
            "the backend did not respond in time", "scp.timeouts.response-head"),
        Row(ResponseContentTimeout, 504, "connection_read_timeout", Upstream,
            "the response stopped coming", "scp.timeouts.response-idle"),
        Row(ResponseTruncated, 502, "http_response_incomplete", Upstream, "the response of the backend is incomplete"),
        Row(RequestTimeout, 504, "http_response_timeout", Upstream, "the request took too long as a whole", "scp.timeouts.total"),
        Row(TunnelIdleTimeout, 0, "", Fault.None, "the tunnel was idle", "scp.timeouts.tunnel-idle", closes: true),
        Row(DnsFailure, 502, "dns_error", Upstream, "the name of the backend could not be resolved", nothingSent: true),
        Row(SessionBackendGone, 503, "destination_unavailable", Upstream,
            "the backend of the session is not available", "scp.pools.*.affinity.when-gone", retryAfter: 5),
    ]);

    /// <summary>Every row, in the order of the enum.</summary>
    public static IReadOnlyList<ErrorRow> All => Rows;

    public static ErrorRow Of(ProxyError error) => Rows[(int)error];

    private static ErrorRow Row(
        ProxyError error, int status, string proxyStatus, Fault fault, string explanation, string? key = null,
        bool closes = false, bool nothingSent = false, int retryAfter = 0) =>
        new(
            error, status, proxyStatus, fault, closes, nothingSent,
            Capitalise(key is null ? $"{explanation}." : $"{explanation}; see {key}."))
        {
            Explanation = explanation,
            Key = key,
            RetryAfterSeconds = retryAfter,
        };

    private static string Capitalise(string sentence) => char.ToUpperInvariant(sentence[0]) + sentence[1..];

    private static ErrorRow[] Index(ErrorRow[] rows)
    {
        var indexed = new ErrorRow[Enum.GetValues<ProxyError>().Length];
        foreach (var row in rows) indexed[(int)row.Error] = row;
        return indexed;
    }
}
