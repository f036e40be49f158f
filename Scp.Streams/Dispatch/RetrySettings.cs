using Scp.Streams.Settings;

namespace Scp.Streams.Dispatch;

/// <summary>When a request is given to another backend after one has failed it (scp.pools.*.retries).</summary>
public sealed record RetrySettings
{
    /// <summary>Nothing is tried twice, and nothing is kept for it.</summary>
    public static readonly RetrySettings Off = new()
    {
        Attempts = 1,
        OnStatus = [],
        Budget = 0,
        BudgetMinimum = 0,
        Buffer = 0,
        BackOff = TimeSpan.Zero,
        AttemptTimeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Backends tried for one request, the first included; 1 is no retries.</summary>
    [InRange(1, 100)]
    public required int Attempts { get; init; }

    /// <summary>Status codes that count as a failure of the backend; the last of them passes to the client as it is.</summary>
    public required IReadOnlyList<int> OnStatus { get; init; }

    /// <summary>Retries of requests that may have reached a backend, as a share of all requests of the pool.</summary>
    [Percent]
    public required double Budget { get; init; }

    /// <summary>Retries per second that are allowed whatever the share says.</summary>
    [InRange(0, 1000000)]
    public required int BudgetMinimum { get; init; }

    /// <summary>Request content kept for a retry, for each request; one with more is not repeated once some of it was sent.</summary>
    [ByteSize, InRange("0B", "16MiB")]
    public required int Buffer { get; init; }

    /// <summary>Mean wait before the second retry; twice as long before each further one. The first waits for nothing.</summary>
    [InRange("0ms", "10s")]
    public required TimeSpan BackOff { get; init; }

    /// <summary>From the complete request until the response head, for each attempt. Over it another backend is tried, if one may be.</summary>
    [AllowOff, InRange("1ms", "1h")]
    public required TimeSpan AttemptTimeout { get; init; }
}
