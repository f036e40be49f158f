using System.Collections.Concurrent;
using Akka.Actor;
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

    public IReadOnlyDictionary<string, PoolCell> Cells => _cells;

    internal IReadOnlyDictionary<string, IActorRef> Actors => _actors;

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
