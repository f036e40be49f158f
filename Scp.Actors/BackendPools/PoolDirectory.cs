using System.Collections.Concurrent;
using Scp.Streams.Dispatch;

namespace Scp.Actors.BackendPools;

/// <summary>The cells of all pools by name, for whoever reads snapshots: route tables, readiness, metrics.</summary>
public sealed class PoolDirectory
{
    private readonly ConcurrentDictionary<string, PoolCell> _cells = new();

    public IReadOnlyDictionary<string, PoolCell> Cells => _cells;

    internal PoolCell Add(string name, PoolCell cell) => _cells[name] = cell;

    internal void Remove(string name) => _cells.TryRemove(name, out _);
}
