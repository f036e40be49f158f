using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Scp.Actors.Discovery;
using Scp.Streams.Dispatch;

namespace Scp.Actors.BackendPools;

/// <summary>The cells of all pools by name, for whoever reads snapshots: route tables, readiness, metrics.</summary>
public sealed class PoolDirectory
{
    private readonly ConcurrentDictionary<string, PoolCell> _cells = new();
    private readonly ConditionalWeakTable<PoolCell, DiscoveryView> _discoveries = []; // a view goes with its pool

    public IReadOnlyDictionary<string, PoolCell> Cells => _cells;

    /// <summary>How the members of a pool were last resolved; null without discovery, or before the first answer.</summary>
    public DiscoveryView? DiscoveryOf(PoolCell cell) => _discoveries.TryGetValue(cell, out var view) ? view : null;

    internal void Publish(PoolCell cell, DiscoveryView? view)
    {
        if (view is null) _discoveries.Remove(cell);
        else _discoveries.AddOrUpdate(cell, view);
    }

    internal PoolCell Add(string name, PoolCell cell) => _cells[name] = cell;

    internal void Remove(string name) => _cells.TryRemove(name, out _);
}
