using Scp.Streams.Settings;

namespace Scp.Streams.Limits;

/// <summary>
/// Time limits (scp.timeouts). <see cref="Timeout.InfiniteTimeSpan"/> is off. Defaults and reasons are in reference.conf.
/// </summary>
public sealed record TimeoutSettings
{
    /// <summary>From the first byte of a request to the end of its head; on a new connection from the accept on. Over it: 408.</summary>
    [AllowOff, InRange("1ms", "30d")]
    public required TimeSpan RequestHead { get; init; }

    /// <summary>Between two reads of request content. Over it: 408.</summary>
    [AllowOff, InRange("1ms", "30d")]
    public required TimeSpan RequestContentIdle { get; init; }

    /// <summary>Lowest average rate of request content in bytes per second, after the grace. Under it: 408. 0 is off.</summary>
    [InRange(0, 1000000000)]
    public required int RequestContentMinimumRate { get; init; }

    /// <summary>Grace before the minimum rate counts.</summary>
    [InRange("0s", "1h")]
    public required TimeSpan RequestContentGrace { get; init; }

    /// <summary>An idle connection between two requests. Over it: closed without a word.</summary>
    [AllowOff, InRange("1ms", "30d")]
    public required TimeSpan KeepAliveIdle { get; init; }

    /// <summary>Between two writes of a response that the client reads. Over it: reset.</summary>
    [AllowOff, InRange("1ms", "30d")]
    public required TimeSpan ResponseWrite { get; init; }

    /// <summary>After FIN from one side of a tunnel: how long the other side may go on without a byte.</summary>
    [AllowOff, InRange("1ms", "30d")]
    public required TimeSpan HalfClosed { get; init; }

    /// <summary>From the end of the request until the final response head. Over it: 504.</summary>
    [AllowOff, InRange("1ms", "30d")]
    public required TimeSpan ResponseHead { get; init; }

    /// <summary>Between two reads of response content. Over it: the response is cut short.</summary>
    [AllowOff, InRange("1ms", "30d")]
    public required TimeSpan ResponseIdle { get; init; }

    /// <summary>The whole exchange, off unless set. Over it: 504, or the response is cut short.</summary>
    [AllowOff, InRange("1ms", "30d")]
    public required TimeSpan Total { get; init; }

    /// <summary>An upgraded connection without a byte in either direction.</summary>
    [AllowOff, InRange("1ms", "30d")]
    public required TimeSpan TunnelIdle { get; init; }
}
