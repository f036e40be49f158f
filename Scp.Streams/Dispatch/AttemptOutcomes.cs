using Scp.Streams.Errors;

namespace Scp.Streams.Dispatch;

/// <summary>What a failure of an exchange says about the backend it was with.</summary>
public static class AttemptOutcomes
{
    /// <param name="error">What happened.</param>
    /// <param name="isRequestSent">The backend has the whole request, so what is late is its response.</param>
    public static AttemptOutcome Of(ProxyError error, bool isRequestSent) => error switch
    {
        ProxyError.ConnectTimeout => AttemptOutcome.ConnectTimeout,
        ProxyError.ConnectRefused or ProxyError.ConnectFailed or ProxyError.DnsFailure => AttemptOutcome.ConnectFailed,
        ProxyError.UpstreamReset or ProxyError.UpstreamClosedEarly => AttemptOutcome.Reset,
        ProxyError.ResponseHeadTimeout or ProxyError.ResponseContentTimeout => AttemptOutcome.ResponseTimeout,
        ProxyError.MalformedResponse or ProxyError.ResponseHeadTooLarge or ProxyError.ResponseTooManyFields
            or ProxyError.TooManyInterimResponses => AttemptOutcome.MalformedResponse,
        ProxyError.ResponseTruncated => AttemptOutcome.Truncated,
        ProxyError.RequestTimeout when isRequestSent => AttemptOutcome.ResponseTimeout,

        // The client went away or took the time itself, or the fault is ours.
        _ => AttemptOutcome.Cancelled,
    };
}
