namespace Scp.Streams.Dispatch;

/// <summary>How one attempt at a backend ended, as far as the backend is to blame.</summary>
public enum AttemptOutcome : byte
{
    /// <summary>A response came whose status does not say that the server failed.</summary>
    Success,

    /// <summary>A response with a 5xx status.</summary>
    ServerError,

    /// <summary>No connection: refused, unreachable, name unknown.</summary>
    ConnectFailed,

    ConnectTimeout,

    /// <summary>The connection ended before the response head was complete.</summary>
    Reset,

    /// <summary>The response head, or more of the response, did not come in time.</summary>
    ResponseTimeout,

    /// <summary>What came is no HTTP.</summary>
    MalformedResponse,

    /// <summary>The response ended before it was complete.</summary>
    Truncated,

    /// <summary>The client went away, or another attempt answered first: says nothing about the backend.</summary>
    Cancelled,
}
