namespace Scp.Streams.Dispatch;

/// <summary>What a pool counts of its traffic: one object through all snapshots of the pool, shared by all graphs.</summary>
public sealed class PoolLoad
{
    private int _activeExchanges;

    /// <summary>Exchanges that are with a backend of the pool now.</summary>
    public int ActiveExchanges => Volatile.Read(ref _activeExchanges);

    /// <summary>What may be retried.</summary>
    public RetryBudget Retries { get; } = new();

    public void ExchangeStarted() => Interlocked.Increment(ref _activeExchanges);

    public void ExchangeEnded() => Interlocked.Decrement(ref _activeExchanges);
}
