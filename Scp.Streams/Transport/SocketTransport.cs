using System.Net;
using System.Net.Sockets;

namespace Scp.Streams.Transport;

/// <summary>
/// A kernel socket (TCP over IPv4/IPv6, or unix) behind <see cref="ITransport"/>: one reusable SocketAsyncEventArgs for each
/// direction, completions inside an <see cref="InlineScope"/>, no execution context, no allocation for an operation.
/// </summary>
public sealed class SocketTransport : ITransport
{
    private static readonly EndPoint NoEndPoint = new IPEndPoint(IPAddress.None, 0);

    private readonly Socket _socket;
    private readonly Operation _receive;
    private readonly Operation _send;
    private ITransportHandler _handler;
    private int _disposed;

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
        try
        {
            _receive.SetBuffer(buffer);
            return _socket.ReceiveAsync(_receive) ? TransportResult.Pending : _receive.Result;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return TransportResult.Failed;
        }
    }

    public TransportResult Send(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            if (_send.BufferList is not null) _send.BufferList = null;
            _send.Expected = bytes.Length;
            _send.SetBuffer(System.Runtime.InteropServices.MemoryMarshal.AsMemory(bytes));
            return _socket.SendAsync(_send) ? TransportResult.Pending : _send.Result;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return TransportResult.Failed;
        }
    }

    public TransportResult Send(IList<ArraySegment<byte>> segments)
    {
        try
        {
            var total = 0;
            for (var i = 0; i < segments.Count; i++) total += segments[i].Count;
            _send.Expected = total;
            if (_send.BufferList is null) _send.SetBuffer(null, 0, 0);
            _send.BufferList = segments;
            return _socket.SendAsync(_send) ? TransportResult.Pending : _send.Result;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return TransportResult.Failed;
        }
    }

    public void ShutdownSend()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer has reset the connection: there is nothing left to shut down, and the pending receive says so.
        }
    }

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

        Close();
    }

    /// <summary>FIN, also while a receive is pending: the runtime would reset a connection that is disposed with an operation under way.</summary>
    public void Dispose()
    {
        if (Volatile.Read(ref _disposed) == 0) ShutdownSend();
        Close();
    }

    private void Close()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _socket.Dispose();
        _receive.Dispose();
        _send.Dispose();
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
            if (isReceive) owner.Handler.OnReceived(Result);
            else owner.Handler.OnSent(Result);
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
