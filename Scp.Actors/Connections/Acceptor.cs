using System.Collections.Concurrent;
using System.Net.Sockets;
using Scp.Streams.Limits;
using Scp.Streams.Transport;

namespace Scp.Actors.Connections;

/// <summary>A client connection that has begun to speak.</summary>
/// <param name="Opening">What is known of it.</param>
/// <param name="Initial">Bytes received already, or null.</param>
public sealed record ClientSpoke(ConnectionOpening Opening, (IoBuffer Buffer, int Start, int End)? Initial);

/// <summary>
/// Accepts connections of one listener and holds them until they speak. Stops accepting while as many are open as the listener allows;
/// more wait in the kernel's backlog.
/// </summary>
public sealed class Acceptor : IDisposable
{
    /// <summary>After an error such as too many open files: time for connections to close.</summary>
    private static readonly TimeSpan RetryAfterError = TimeSpan.FromMilliseconds(100);

    private static long _nextId;

    private readonly Socket _socket;
    private readonly AcceptOperation _operation;
    private readonly Clock _clock;
    private readonly Action<ClientSpoke> _ready;
    private readonly Action<SocketError> _failed;
    private readonly ConcurrentDictionary<long, ConnectionOpening> _openings = new();
    private readonly Func<System.Net.EndPoint, bool> _expectsProxyHeader;
    private int _open, _paused, _stopped;

    public Acceptor(
        Socket socket, Clock clock, Func<System.Net.EndPoint, bool> expectsProxyHeader, Action<ClientSpoke> ready, Action<SocketError> failed)
    {
        _socket = socket;
        _clock = clock;
        _expectsProxyHeader = expectsProxyHeader;
        _ready = ready;
        _failed = failed;
        _operation = new AcceptOperation(this);
    }

    /// <summary>Open connections of the listener, silent ones too.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>At most so many are open; may change while running.</summary>
    public int MaxConnections { get; set; } = int.MaxValue;

    /// <summary>How long a connection may be silent at first.</summary>
    public TimeSpan FirstByteTimeout { get; set; } = TimeSpan.FromSeconds(10);

    public void Start() => InlineScope.Run(static a => a.AcceptMore(), this);

    /// <summary>A connection of this listener has closed.</summary>
    public void ConnectionClosed()
    {
        Interlocked.Decrement(ref _open);
        Resume();
    }

    /// <summary>Closes connections that were silent for too long.</summary>
    public void Sweep()
    {
        var now = _clock.Now;
        foreach (var (_, opening) in _openings)
            if (opening.Deadline <= now) opening.Close();
        Resume();
    }

    /// <summary>
    /// Stops accepting unless the kernel still holds connections that were made before: closing the socket would reset them. False when
    /// it is too early. What was accepted stays, also what has not spoken yet: its request may be on the way.
    /// </summary>
    public bool TryStop()
    {
        if (Volatile.Read(ref _stopped) == 0 && _socket.Poll(0, SelectMode.SelectRead)) return false;
        Stop();
        return true;
    }

    /// <summary>Stops accepting.</summary>
    public void Stop()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0) return;
        _socket.Dispose();
        _operation.Dispose();
    }

    /// <summary>Closes what has not spoken.</summary>
    public void CloseSilent()
    {
        foreach (var (_, opening) in _openings) opening.Close();
    }

    public void Dispose()
    {
        Stop();
        CloseSilent();
    }

    internal void Opened(ConnectionOpening opening, (IoBuffer Buffer, int Start, int End)? initial)
    {
        _openings.TryRemove(opening.Id, out _);
        _ready(new ClientSpoke(opening, initial));
    }

    internal void Forget(ConnectionOpening opening)
    {
        if (_openings.TryRemove(opening.Id, out _)) ConnectionClosed();
    }

    private void Resume()
    {
        if (Volatile.Read(ref _open) < MaxConnections && Interlocked.Exchange(ref _paused, 0) == 1) Start();
    }

    private void AcceptMore()
    {
        while (Volatile.Read(ref _stopped) == 0)
        {
            if (Volatile.Read(ref _open) >= MaxConnections)
            {
                Volatile.Write(ref _paused, 1);
                if (Volatile.Read(ref _open) >= MaxConnections || Interlocked.Exchange(ref _paused, 0) == 0) return;
            }

            try
            {
                _operation.AcceptSocket = null;
                if (_socket.AcceptAsync(_operation)) return;
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException or InvalidOperationException)
            {
                return;
            }

            if (!Accepted()) return;
        }
    }

    /// <summary>Takes the accepted socket; false when accepting goes on later.</summary>
    private bool Accepted()
    {
        var socket = _operation.AcceptSocket;
        var error = _operation.SocketError;
        if (Volatile.Read(ref _stopped) != 0)
        {
            socket?.Dispose();
            return false;
        }

        if (error != SocketError.Success || socket is null)
        {
            if (error is SocketError.ConnectionReset or SocketError.ConnectionAborted) return true;
            _failed(error);
            Volatile.Write(ref _paused, 1);
            _clock.Time.CreateTimer(static a => ((Acceptor)a!).Resume(), this, RetryAfterError, Timeout.InfiniteTimeSpan);
            return false;
        }

        Interlocked.Increment(ref _open);
        try
        {
            if (socket.ProtocolType == ProtocolType.Tcp) socket.NoDelay = true;
            var transport = new SocketTransport(socket);
            var opening = new ConnectionOpening(
                this, Interlocked.Increment(ref _nextId), transport, Clock.After(_clock.Now, FirstByteTimeout), _expectsProxyHeader(transport.RemoteEndPoint));
            _openings[opening.Id] = opening;
            opening.Start();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            socket.Dispose(); // reset between accept and here
            ConnectionClosed();
        }

        return true;
    }

    private sealed class AcceptOperation(Acceptor owner) : SocketAsyncEventArgs(true)
    {
        protected override void OnCompleted(SocketAsyncEventArgs e) => InlineScope.Run(static a => a.Completed(), owner);
    }

    private void Completed()
    {
        if (Accepted()) AcceptMore();
    }
}
