using System.Net;
using System.Net.Sockets;

namespace Scp.Streams.Transport;

/// <summary>
/// A kernel socket (TCP over IPv4/IPv6, or unix) behind <see cref="ITransport"/>: one reusable SocketAsyncEventArgs for each
/// direction, completions inside an <see cref="InlineScope"/>, no execution context, no allocation for an operation.
/// </summary>
/// <remarks>
/// Off Windows the framework resets a connection that is closed while an operation is pending, and the peer may lose what was sent last.
/// So closing first shuts down, which completes the operation, and whoever ends last (each operation, the owner) closes the socket.
/// </remarks>
public sealed class SocketTransport : ITransport
{
    private static readonly EndPoint NoEndPoint = new IPEndPoint(IPAddress.None, 0);

    private readonly Socket _socket;
    private readonly Operation _receive;
    private readonly Operation _send;
    private ITransportHandler _handler;
    private int _disposed;
    private int _users = 1;

    public SocketTransport(Socket socket)
    {
        _socket = socket;
        _handler = DeafHandler.Instance;
        _receive = new Operation(this, isReceive: true);
        _send = new Operation(this, isReceive: false);
        LocalEndPoint = socket.LocalEndPoint ?? NoEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint ?? NoEndPoint;
    }

    public ITransportHandler Handler
    {
        get => Volatile.Read(ref _handler);
        set => Volatile.Write(ref _handler, value);
    }

    public EndPoint LocalEndPoint { get; }

    public EndPoint RemoteEndPoint { get; }

    public TransportResult Receive(Memory<byte> buffer)
    {
        Interlocked.Increment(ref _users);
        try
        {
            _receive.SetBuffer(buffer);
            return Started(_receive, _socket.ReceiveAsync(_receive));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return NotStarted();
        }
    }

    public TransportResult Send(ReadOnlyMemory<byte> bytes)
    {
        Interlocked.Increment(ref _users);
        try
        {
            if (_send.BufferList is not null) _send.BufferList = null;
            _send.Expected = bytes.Length;
            _send.SetBuffer(System.Runtime.InteropServices.MemoryMarshal.AsMemory(bytes));
            return Started(_send, _socket.SendAsync(_send));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return NotStarted();
        }
    }

    public TransportResult Send(IList<ArraySegment<byte>> segments)
    {
        Interlocked.Increment(ref _users);
        try
        {
            var total = 0;
            for (var i = 0; i < segments.Count; i++) total += segments[i].Count;
            _send.Expected = total;
            if (_send.BufferList is null) _send.SetBuffer(null, 0, 0);
            _send.BufferList = segments;
            return Started(_send, _socket.SendAsync(_send));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return NotStarted();
        }
    }

    public void ShutdownSend() => Shutdown(SocketShutdown.Send);

    public void Abort()
    {
        try
        {
            _socket.LingerState = new LingerOption(enable: true, seconds: 0); // SO_LINGER 0: close sends RST
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Already broken: closing it below is all that is left.
        }

        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _socket.Dispose();
        Leave();
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        if (OperatingSystem.IsWindows()) _socket.Dispose();
        else Shutdown(SocketShutdown.Both);
        Leave();
    }

    private TransportResult Started(Operation operation, bool isPending)
    {
        if (isPending) return TransportResult.Pending;
        var result = operation.Result;
        Leave();
        return result;
    }

    private TransportResult NotStarted()
    {
        Leave();
        return TransportResult.Failed;
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _users) != 0) return;
        _socket.Dispose();
        _receive.Dispose();
        _send.Dispose();
    }

    private void Shutdown(SocketShutdown how)
    {
        try
        {
            _socket.Shutdown(how);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer has reset the connection: there is nothing left to shut down, and the pending receive says so.
        }
    }

    private sealed class Operation(SocketTransport owner, bool isReceive) : SocketAsyncEventArgs(true)
    {
        public int Expected;

        public TransportResult Result =>
            SocketError == SocketError.Success && (isReceive || BytesTransferred == Expected)
                ? TransportResult.Completed(BytesTransferred)
                : TransportResult.Failed;

        protected override void OnCompleted(SocketAsyncEventArgs e) => InlineScope.Run(static o => o.Deliver(), this);

        private void Deliver()
        {
            var result = Volatile.Read(ref owner._disposed) == 0 ? Result : TransportResult.Failed; // closing is no FIN of the peer
            if (isReceive) owner.Handler.OnReceived(result);
            else owner.Handler.OnSent(result);
            owner.Leave();
        }
    }

    private sealed class DeafHandler : ITransportHandler
    {
        public static readonly DeafHandler Instance = new();

        public void OnReceived(TransportResult result)
        {
        }

        public void OnSent(TransportResult result)
        {
        }
    }
}
