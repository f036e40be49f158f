namespace Scp.Streams.Errors;

/// <summary>Every refusal and failure the proxy knows. What each means is one row of <see cref="ErrorTable"/>.</summary>
public enum ProxyError : byte
{
    None = 0,

    // The client's request
    MalformedRequestLine,
    MalformedTarget,
    MalformedField,
    MalformedChunk,
    MalformedTrailers,
    BareLineFeed,
    BareCarriageReturn,
    MissingHost,
    InvalidHost,
    AmbiguousFraming,
    InvalidContentLength,
    InvalidTransferEncoding,
    UnsupportedTransferEncoding,
    UnsupportedVersion,
    UriTooLong,
    RequestHeadTooLarge,
    TooManyFields,
    ChunkExtensionsTooLarge,
    TrailersTooLarge,
    ContentTooLarge,
    ExpectationFailed,
    RequestHeadTimeout,
    RequestContentTimeout,
    RequestContentTooSlow,
    ClientDisconnected,
    ResponseWriteTimeout,
    KeepAliveTimeout,

    // Our own rules
    NoRoute,
    MethodNotAllowed,
    LoopDetected,
    ConnectNotAllowed,
    FilterDenied,
    Draining,
    InternalError,

    // The upstream side
    NoBackend,
    ConnectRefused,
    ConnectTimeout,
    ConnectFailed,
    UpstreamReset,
    UpstreamClosedEarly,
    MalformedResponse,
    ResponseHeadTooLarge,
    ResponseTooManyFields,
    TooManyInterimResponses,
    ResponseHeadTimeout,
    ResponseContentTimeout,
    ResponseTruncated,
    RequestTimeout,
    TunnelIdleTimeout,
    DnsFailure,
    SessionBackendGone,
}
