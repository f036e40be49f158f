using Scp.Streams.Errors;
using Scp.Streams.Limits;

namespace Scp.Streams.Dispatch;

/// <summary>The time limits of the upstream side of one attempt (BEHAVIOUR section 4.5), as facts and a question: what is due?</summary>
public struct UpstreamDeadlines()
{
    public long Connect = Clock.Never;

    /// <summary>The backend takes no byte of the request: the same limit as for the response head.</summary>
    public long Send = Clock.Never;
    public long ResponseHead = Clock.Never;
    public long ResponseIdle = Clock.Never;
    public long Tunnel = Clock.Never;

    /// <summary>The earliest of them.</summary>
    public readonly long Next => Math.Min(Math.Min(Connect, Math.Min(Send, ResponseHead)), Math.Min(ResponseIdle, Tunnel));

    /// <summary>What is due now; None when nothing is.</summary>
    public readonly ProxyError Due(long now)
    {
        if (Connect <= now) return ProxyError.ConnectTimeout;
        if (ResponseHead <= now || Send <= now) return ProxyError.ResponseHeadTimeout;
        if (ResponseIdle <= now) return ProxyError.ResponseContentTimeout;
        return Tunnel <= now ? ProxyError.TunnelIdleTimeout : ProxyError.None;
    }
}
