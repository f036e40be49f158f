namespace Scp.Streams.Limits;

/// <summary>Time limits (scp.timeouts). <see cref="Timeout.InfiniteTimeSpan"/> is off. Defaults and reasons are in reference.conf.</summary>
public sealed record TimeoutSettings
{
    /// <summary>From the first byte of a request to the end of its head; on a new connection from the accept on. Over it: 408.</summary>
    public required TimeSpan RequestHead { get; init; }

    /// <summary>Between two reads of request content. Over it: 408.</summary>
    public required TimeSpan RequestContentIdle { get; init; }

    /// <summary>Lowest average rate of request content in bytes per second, after the grace. Under it: 408. 0 is off.</summary>
    public required int RequestContentMinimumRate { get; init; }

    /// <summary>Grace before the minimum rate counts.</summary>
    public required TimeSpan RequestContentGrace { get; init; }

    /// <summary>An idle connection between two requests. Over it: closed without a word.</summary>
    public required TimeSpan KeepAliveIdle { get; init; }

    /// <summary>Between two writes of a response that the client reads. Over it: reset.</summary>
    public required TimeSpan ResponseWrite { get; init; }

    /// <summary>After FIN from one side of a tunnel: how long the other side may go on without a byte.</summary>
    public required TimeSpan HalfClosed { get; init; }

    /// <summary>From the end of the request until the final response head. Over it: 504.</summary>
    public required TimeSpan ResponseHead { get; init; }

    /// <summary>Between two reads of response content. Over it: the response is cut short.</summary>
    public required TimeSpan ResponseIdle { get; init; }

    /// <summary>The whole exchange, off unless set. Over it: 504, or the response is cut short.</summary>
    public required TimeSpan Total { get; init; }

    /// <summary>An upgraded connection without a byte in either direction.</summary>
    public required TimeSpan TunnelIdle { get; init; }
}
