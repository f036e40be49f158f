using Scp.Streams.Balancing;
using Scp.Streams.Dispatch.Overload;

namespace Scp.Streams.Dispatch;

/// <summary>
/// What a pool counts of its traffic, and who waits for room in it: one object through all snapshots of the pool, shared by all graphs.
/// </summary>
public sealed class PoolLoad
{
    private readonly int _limit = int.MaxValue;
    private int _activeExchanges;
    private long _shed, _queueTimeouts;
    private QueueSettings _queueSettings = new() { Size = 1024, Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>Exchanges that are with a backend of the pool now.</summary>
    public int ActiveExchanges => Volatile.Read(ref _activeExchanges);

    /// <summary>What may be retried.</summary>
    public RetryBudget Retries { get; } = new();

    /// <summary>Exchanges that may be with its backends at once.</summary>
    public int Limit => _limit;

    /// <summary>Requests that wait for room.</summary>
    public RequestQueue Queue { get; } = new();

    public QueueSettings QueueSettings => Volatile.Read(ref _queueSettings);

    /// <summary>Requests turned away: the queue was full, or a higher class needed the place.</summary>
    public long Shed => Interlocked.Read(ref _shed);

    /// <summary>Requests that waited in vain.</summary>
    public long QueueTimeouts => Interlocked.Read(ref _queueTimeouts);

    /// <summary>The settings in force; what is under way stays.</summary>
    public void Configure(QueueSettings queue) => Volatile.Write(ref _queueSettings, queue);

    /// <summary>Counts an exchange in; false when the pool is at its limit.</summary>
    public bool TryStart() => Reservation.TryTake(ref _activeExchanges, Limit);

    /// <summary>Counts an exchange out and lets the next one that waits try.</summary>
    /// <param name="standing">The backend that has room again, or null.</param>
    public void ExchangeEnded(BackendStanding? standing)
    {
        Interlocked.Decrement(ref _activeExchanges);
        Queue.OnRoom(standing);
    }

    public void CountShed() => Interlocked.Increment(ref _shed);

    public void CountQueueTimeout() => Interlocked.Increment(ref _queueTimeouts);
}
