using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Scp.Tests.EndToEnd.Support;

/// <summary>An origin that does with each connection what a test tells it, e.g. depending on the path of the request.</summary>
internal sealed class MisbehavingOrigin : IDisposable
{
    private readonly Socket _listener;
    private readonly ConcurrentBag<RawConnection> _connections = [];
    private int _accepted;

    private MisbehavingOrigin(Socket listener) => _listener = listener;

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Connections that it got.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Starts it; the behaviour runs once for each connection, which stays open until the behaviour closes it.</summary>
    public static MisbehavingOrigin Start(Func<RawConnection, Task> behaviour, int sendBuffer = 0)
    {
        var listener = Listen(backlog: 512);
        if (sendBuffer > 0) listener.SendBufferSize = sendBuffer;
        var origin = new MisbehavingOrigin(listener);
        _ = origin.AcceptAsync(behaviour);
        return origin;
    }

    /// <summary>An address where nobody listens.</summary>
    public static IPEndPoint Refusing()
    {
        using var listener = Listen(backlog: 1);
        return (IPEndPoint)listener.LocalEndPoint!;
    }

    public static Socket Listen(int backlog)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(backlog);
        return listener;
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var connection in _connections) connection.Dispose();
    }

    private async Task AcceptAsync(Func<RawConnection, Task> behaviour)
    {
        try
        {
            while (true)
            {
                var connection = new RawConnection(await _listener.AcceptAsync());
                Interlocked.Increment(ref _accepted);
                _connections.Add(connection);
                _ = RunAsync(behaviour, connection);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private static async Task RunAsync(Func<RawConnection, Task> behaviour, RawConnection connection)
    {
        try
        {
            await behaviour(connection);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or EndOfStreamException or OperationCanceledException)
        {
            // the proxy closed the connection, or the test is over
        }
    }
}
