using System.Collections.Concurrent;
using System.Net;

namespace Scp.Actors.Connections;

/// <summary>Where each listener of the settings in force is open, for whoever asks: banner, readiness, tests.</summary>
public sealed class ListenerDirectory
{
    private readonly ConcurrentDictionary<string, EndPoint?> _listeners = new();

    /// <summary>Name and address of each; null for one that could not be opened.</summary>
    public IReadOnlyDictionary<string, EndPoint?> All => _listeners;

    internal void Set(string name, EndPoint? endPoint) => _listeners[name] = endPoint;

    internal void Remove(string name) => _listeners.TryRemove(name, out _);
}
