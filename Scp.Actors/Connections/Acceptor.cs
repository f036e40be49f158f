using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Akka.Dispatch;
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

    /// <summary>An error that lasts is reported this often, not every time.</summary>
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(10);

    /// <summary>Accepted at once before what they caused gets its turn.</summary>
    private const int AcceptsInARow = 16;

    private static long _nextId;

    private readonly Socket _socket;
    private readonly AcceptOperation _operation;
    private readonly Clock _clock;
    private readonly Action<ClientSpoke> _ready;
    private readonly Action<SocketError> _failed;
    private readonly ConcurrentDictionary<long, ConnectionOpening> _openings = new();
    private readonly Func<EndPoint, bool> _expectsProxyHeader;
    private readonly ITimer _retry;
    private readonly Continuation _continue;
    private long _nextReport = long.MinValue;
    private int _open, _paused, _stopped, _closed;

    public Acceptor(
        Socket socket, Clock clock, Func<EndPoint, bool> expectsProxyHeader, Action<ClientSpoke> ready, Action<SocketError> failed)
    {
        _socket = socket;
        _clock = clock;
        _expectsProxyHeader = expectsProxyHeader;
        _ready = ready;
        _failed = failed;
        _operation = new AcceptOperation(this);
        _continue = new Continuation(this);
        _retry = clock.Time.CreateTimer(static a => ((Acceptor)a!).Resume(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
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
        if (Volatile.Read(ref _stopped) != 0) return true;
        TurnAway();
        if (_socket.Poll(0, SelectMode.SelectRead)) return false;
        Stop();
        return true;
    }

    /// <summary>From now on the kernel holds hardly a connection for us, so hardly one comes between the last look and the close.</summary>
    private void TurnAway()
    {
        try
        {
            _socket.Listen(0);
        }
        catch (SocketException)
        {
            // A system that does not let the backlog change: then a few more may come.
        }
    }

    /// <summary>Stops accepting; connections that were accepted are served.</summary>
    public void Stop()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0) return;
        _socket.Dispose();
        _operation.Dispose();
        _retry.Dispose();
    }

    /// <summary>Closes what has not spoken.</summary>
    public void CloseSilent()
    {
        foreach (var (_, opening) in _openings) opening.Close();
    }

    /// <summary>Stops accepting and closes what has not spoken.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _closed, 1);
        Stop();
        CloseSilent();
    }

    internal void Opened(ConnectionOpening opening, (IoBuffer Buffer, int Start, int End)? initial)
    {
        _openings.TryRemove(opening.Id, out _);
        if (Volatile.Read(ref _closed) == 0)
        {
            _ready(new ClientSpoke(opening, initial));
            return;
        }

        initial?.Buffer.Release();
        opening.Transport.Dispose();
        ConnectionClosed();
    }

    internal void Forget(ConnectionOpening opening)
    {
        if (_openings.TryRemove(opening.Id, out _)) ConnectionClosed();
    }

    private void Resume()
    {
        if (Volatile.Read(ref _open) < MaxConnections && Interlocked.Exchange(ref _paused, 0) == 1) Start();
    }

    /// <summary>
    /// One accept is under way, or one thread is in here, or accepting is paused; whoever takes the pause back goes on. So there is never
    /// more than one.
    /// </summary>
    private void AcceptMore()
    {
        for (var left = AcceptsInARow; Volatile.Read(ref _stopped) == 0; left--)
        {
            if (Volatile.Read(ref _open) >= MaxConnections)
            {
                Volatile.Write(ref _paused, 1);
                Interlocked.MemoryBarrier(); // the pause is seen before the count is read again
                if (Volatile.Read(ref _open) >= MaxConnections || Interlocked.Exchange(ref _paused, 0) == 0) return;
            }

            if (left == 0)
            {
                InlineScope.Schedule(_continue);
                return;
            }

            try
            {
                _operation.AcceptSocket = null;
                if (_socket.AcceptAsync(_operation)) return;
            }
            catch (ObjectDisposedException)
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
        if (Volatile.Read(ref _closed) != 0)
        {
            socket?.Dispose();
            return false;
        }

        if (error == SocketError.OperationAborted && Volatile.Read(ref _stopped) != 0) return false; // the stop ended the pending accept
        if (error is SocketError.ConnectionReset or SocketError.ConnectionAborted) return true;
        if (error != SocketError.Success || socket is null)
        {
            PauseAfter(error);
            return false;
        }

        if (!TryOpen(socket, out var opening))
        {
            socket.Dispose();
            return true;
        }

        _openings[opening.Id] = opening;
        Interlocked.Increment(ref _open); // whoever sees it counted finds it in the sweep
        opening.Start();
        if (Volatile.Read(ref _closed) != 0) opening.Close(); // closed between the check above and here: nobody else closes it
        return true;
    }

    /// <summary>False when the connection was reset between accept and here.</summary>
    private bool TryOpen(Socket socket, [NotNullWhen(true)] out ConnectionOpening? opening)
    {
        opening = null;
        try
        {
            if (socket.ProtocolType == ProtocolType.Tcp) socket.NoDelay = true;
            var transport = new SocketTransport(socket);
            var deadline = Clock.After(_clock.Now, FirstByteTimeout);
            opening = new ConnectionOpening(
                this, Interlocked.Increment(ref _nextId), transport, deadline, _expectsProxyHeader(transport.RemoteEndPoint));
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private void PauseAfter(SocketError error)
    {
        var now = _clock.Now;
        if (now >= _nextReport)
        {
            _nextReport = Clock.After(now, ReportInterval);
            _failed(error);
        }

        Volatile.Write(ref _paused, 1);
        try
        {
            _retry.Change(RetryAfterError, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // Stopped meanwhile.
        }
    }

    private void Completed()
    {
        if (Accepted()) AcceptMore();
    }

    private sealed class AcceptOperation(Acceptor owner) : SocketAsyncEventArgs(true)
    {
        protected override void OnCompleted(SocketAsyncEventArgs e) => InlineScope.Run(static a => a.Completed(), owner);
    }

    /// <summary>Goes on accepting after what is queued in the scope.</summary>
    private sealed class Continuation(Acceptor owner) : IRunnable
    {
        public void Run() => owner.Start();

        public void Execute() => owner.Start();
    }
}
