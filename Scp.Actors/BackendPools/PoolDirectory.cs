using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Scp.Actors.Discovery;
using Scp.Streams.Dispatch;

namespace Scp.Actors.BackendPools;

/// <summary>
/// The pools by name: their cells for whoever reads snapshots (route tables, readiness, metrics), and their actors for the one that
/// supervises them, which finds them here again after a restart of its own.
/// </summary>
public sealed class PoolDirectory
{
    private readonly ConcurrentDictionary<string, PoolCell> _cells = new();
    private readonly ConcurrentDictionary<string, IActorRef> _actors = new();
    private readonly ConditionalWeakTable<PoolCell, DiscoveryView> _discoveries = []; // a view goes with its pool

    public IReadOnlyDictionary<string, PoolCell> Cells => _cells;

    internal IReadOnlyDictionary<string, IActorRef> Actors => _actors;

    /// <summary>How the members of a pool were last resolved; null without discovery, or before the first answer.</summary>
    public DiscoveryView? DiscoveryOf(PoolCell cell) => _discoveries.TryGetValue(cell, out var view) ? view : null;

    internal void Publish(PoolCell cell, DiscoveryView? view)
    {
        if (view is null) _discoveries.Remove(cell);
        else _discoveries.AddOrUpdate(cell, view);
    }

    internal void Add(string name, PoolCell cell, IActorRef actor)
    {
        _cells[name] = cell;
        _actors[name] = actor;
    }

    internal void Remove(string name)
    {
        _cells.TryRemove(name, out _);
        _actors.TryRemove(name, out _);
    }
}
