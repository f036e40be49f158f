namespace Scp.Streams.Dispatch;

/// <summary>
/// A pool as the data plane sees it: immutable, published by the pool's actor, read without a lock.
/// </summary>
/// <param name="Name">The pool's name in the configuration.</param>
/// <param name="Backends">Backends that may take requests now, in configured order.</param>
/// <param name="Policy">How one of them is picked.</param>
/// <param name="Upstream">Connection settings of the pool.</param>
public sealed record PoolSnapshot(string Name, IReadOnlyList<Backend> Backends, ILoadBalancingPolicy Policy, UpstreamSettings Upstream);

/// <summary>Where the pool's actor publishes its newest snapshot; routes hold the cell, so a health change touches no route.</summary>
public sealed class PoolCell(PoolSnapshot initial)
{
    private PoolSnapshot _current = initial;

    public PoolSnapshot Current => Volatile.Read(ref _current);

    public void Publish(PoolSnapshot snapshot) => Volatile.Write(ref _current, snapshot);
}
