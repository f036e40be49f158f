using Scp.Streams.Telemetry;

namespace Scp.Streams.Dispatch;

/// <summary>
/// The idle connections to one backend, newest first: the newest is the least likely to be closed by the backend, and the oldest may
/// age away when the load falls. Shared by all graphs; the lock is held for a few instructions, never across I/O.
/// </summary>
public sealed class UpstreamConnectionPool(UpstreamMetrics? metrics)
{
    private readonly Lock _lock = new();
    private readonly List<UpstreamConnection> _idle = [];
    private int _open;
    private bool _closed;

    /// <summary>Connections to the backend, leased and idle.</summary>
    public int Open => Volatile.Read(ref _open);

    public int IdleCount
    {
        get
        {
            lock (_lock) return _idle.Count;
        }
    }

    /// <summary>Counts a new connection.</summary>
    public void Opened()
    {
        Interlocked.Increment(ref _open);
        metrics?.ConnectionOpened();
    }

    internal void Closed()
    {
        Interlocked.Decrement(ref _open);
        metrics?.ConnectionClosed();
    }

    /// <summary>Takes the newest idle connection that is not older than the limit, or null.</summary>
    public UpstreamConnection? TryTake(long now, TimeSpan idleTimeout)
    {
        lock (_lock)
        {
            if (_idle.Count == 0) return null;
            var newest = _idle[^1];
            if (now - newest.IdleSince >= idleTimeout.TotalMilliseconds) return null; // all others are older still: the sweep closes them
            _idle.RemoveAt(_idle.Count - 1);
            metrics?.ConnectionUnparked();
            return newest;
        }
    }

    /// <summary>Keeps a parked connection; false when there are enough or the backend is gone, and the caller closes it.</summary>
    public bool TryKeep(UpstreamConnection connection, int maxIdle)
    {
        lock (_lock)
        {
            if (_closed || _idle.Count >= maxIdle) return false;
            _idle.Add(connection);
            metrics?.ConnectionParked();
            return true;
        }
    }

    /// <summary>Forgets a connection that died while it was idle.</summary>
    public void Remove(UpstreamConnection connection)
    {
        lock (_lock)
        {
            if (_idle.Remove(connection)) metrics?.ConnectionUnparked();
        }
    }

    /// <summary>Closes idle connections that are older than the limit; called now and then by the backend's actor.</summary>
    public void CloseExpired(long now, TimeSpan idleTimeout) => CloseWhere(c => now - c.IdleSince >= idleTimeout.TotalMilliseconds);

    /// <summary>Closes every idle connection and keeps none from now on: the backend was removed.</summary>
    public void CloseAll()
    {
        lock (_lock) _closed = true;
        CloseWhere(_ => true);
    }

    private void CloseWhere(Predicate<UpstreamConnection> condition)
    {
        List<UpstreamConnection> expired;
        lock (_lock)
        {
            expired = _idle.FindAll(condition);
            if (expired.Count == 0) return;
            _idle.RemoveAll(expired.Contains);
            foreach (var _ in expired) metrics?.ConnectionUnparked();
        }

        foreach (var connection in expired)
            if (connection.TryLease(connection)) connection.Close(abort: false);
    }
}
