using System.Collections.Concurrent;
using Scp.Streams.Connections;
using Scp.Streams.Limits;

namespace Scp.Actors.Connections;

/// <summary>The open connections of one listener, for the sweep over deadlines and for the drain.</summary>
public sealed class ConnectionRegistry
{
    private readonly ConcurrentDictionary<long, ClientConnection> _connections = new();

    public int Count => _connections.Count;

    public void Add(ClientConnection connection) => _connections[connection.Info.Id] = connection;

    public void Remove(ClientConnection connection) => _connections.TryRemove(connection.Info.Id, out _);

    /// <summary>Wakes every connection of which a deadline may be due.</summary>
    public void Sweep(Clock clock)
    {
        var now = clock.Now;
        foreach (var (_, connection) in _connections)
            if (connection.Deadlines.TryClaim(now)) connection.Tell(ConnectionCommand.Tick);
    }

    public void TellAll(ConnectionCommand command)
    {
        foreach (var (_, connection) in _connections) connection.Tell(command);
    }
}
