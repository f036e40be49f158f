using System.Collections.Concurrent;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch.Mirroring;
using Scp.Streams.Dispatch.Overload;

namespace Scp.Streams.Dispatch;

/// <summary>
/// What a pool counts of its traffic, and who waits for room in it: one object through all snapshots of the pool, shared by all graphs.
/// </summary>
public sealed class PoolLoad
{
    private readonly ConcurrentDictionary<string, MirrorLoad> _mirrors = new();
    private int _activeExchanges;
    private long _shed, _queueTimeouts;
    private AdaptiveLimit? _adaptive;
    private QueueSettings _queueSettings = new() { Size = 1024, Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>Exchanges that are with a backend of the pool now.</summary>
    public int ActiveExchanges => Volatile.Read(ref _activeExchanges);

    /// <summary>What may be retried.</summary>
    public RetryBudget Retries { get; } = new();

    /// <summary>Exchanges that may be with its backends at once; <see cref="int.MaxValue"/> when nothing limits them.</summary>
    public int Limit => Adaptive?.Limit ?? int.MaxValue;

    /// <summary>What <see cref="Limit"/> follows; null when it is off.</summary>
    public AdaptiveLimit? Adaptive => Volatile.Read(ref _adaptive);

    /// <summary>Requests that wait for room.</summary>
    public RequestQueue Queue { get; } = new();

    public QueueSettings QueueSettings => Volatile.Read(ref _queueSettings);

    /// <summary>Requests turned away: the queue was full, or a higher class needed the place.</summary>
    public long Shed => Interlocked.Read(ref _shed);

    /// <summary>Requests that waited in vain.</summary>
    public long QueueTimeouts => Interlocked.Read(ref _queueTimeouts);

    /// <summary>The routes that send copies of their requests here.</summary>
    public IEnumerable<KeyValuePair<string, MirrorLoad>> Mirrors => _mirrors;

    /// <summary>The counters of such a route.</summary>
    public MirrorLoad MirrorOf(string route) => _mirrors.GetOrAdd(route, static _ => new MirrorLoad());

    /// <summary>The settings in force. A limit whose settings are the same keeps what it has learned.</summary>
    public void Configure(QueueSettings queue, AdaptiveConcurrencySettings adaptive)
    {
        Volatile.Write(ref _queueSettings, queue);
        if (!adaptive.Enabled) Volatile.Write(ref _adaptive, null);
        else if (Adaptive?.Settings != adaptive) Volatile.Write(ref _adaptive, new AdaptiveLimit(adaptive));
    }

    /// <summary>Counts an exchange in; false when the pool is at its limit.</summary>
    public bool TryStart() => Reservation.TryTake(ref _activeExchanges, Limit);

    /// <summary>Counts an exchange out and lets the next one that waits try.</summary>
    /// <param name="standing">The backend that has room again, or null.</param>
    public void ExchangeEnded(BackendStanding? standing)
    {
        Interlocked.Decrement(ref _activeExchanges);
        Queue.OnRoom(standing);
    }

    /// <summary>A backend answered, or did not in time; as many as the limit has risen by may try.</summary>
    public void Sample(long now, long microseconds, PickRandom random)
    {
        if (Adaptive is not { } adaptive) return;
        for (var risen = adaptive.Sample(now, microseconds, ActiveExchanges, random); risen > 0 && Queue.Count > 0; risen--)
            Queue.OnRoom(null);
    }

    public void CountShed() => Interlocked.Increment(ref _shed);

    public void CountQueueTimeout() => Interlocked.Increment(ref _queueTimeouts);
}
