using System.Net;
using Scp.Streams.Http1;
using Scp.Streams.Limits;
using Scp.Streams.Transport;

namespace Scp.Actors.Connections;

/// <summary>
/// An accepted connection that has not sent anything yet. It waits without a buffer and without a graph, so silent connections cost
/// little, and reads the PROXY protocol header where one is required.
/// </summary>
/// <remarks>
/// It ends once, as ready, refused or closed; <see cref="Close"/> comes from any thread, the rest from its one pending receive.
/// </remarks>
public sealed class ConnectionOpening : ITransportHandler
{
    private const int Waiting = 0, Over = 1;

    private readonly Acceptor _acceptor;
    private IoBuffer? _buffer;
    private int _received;
    private int _state;

    public ConnectionOpening(Acceptor acceptor, long id, ITransport transport, long deadline, bool expectsProxyHeader)
    {
        _acceptor = acceptor;
        Id = id;
        Transport = transport;
        Deadline = deadline;
        Client = transport.RemoteEndPoint;
        ExpectsProxyHeader = expectsProxyHeader;
        transport.Handler = this;
    }

    public long Id { get; }

    public ITransport Transport { get; }

    /// <summary>Milliseconds of the clock at which it is closed if nothing came; the first head must be complete by then too.</summary>
    public long Deadline { get; }

    public bool ExpectsProxyHeader { get; }

    /// <summary>The client: the peer, or whom the PROXY header names.</summary>
    public EndPoint Client { get; private set; }

    /// <summary>The address the client connected to, when a PROXY header named it.</summary>
    public EndPoint? OriginalTarget { get; private set; }

    /// <summary>Waits for the first byte.</summary>
    public void Start()
    {
        if (ExpectsProxyHeader) ReceiveHeader();
        else if (Transport.Receive(Memory<byte>.Empty) is { IsPending: false } result) OnReceived(result);
    }

    /// <summary>Closes it if it still waits.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _state, Over) != Waiting) return;
        Transport.Dispose(); // completes a pending receive, which returns the buffer
        _acceptor.Forget(this);
    }

    public void OnReceived(TransportResult result)
    {
        if (Volatile.Read(ref _state) == Over)
        {
            ReleaseBuffer();
            return;
        }

        if (result.IsFailed || (ExpectsProxyHeader && result.IsEndOfStream)) Refuse();
        else if (!ExpectsProxyHeader) Ready();
        else ReadHeader(result.Bytes);
    }

    public void OnSent(TransportResult result)
    {
    }

    private void ReceiveHeader()
    {
        _buffer ??= BufferPool.Shared.Rent(BufferPool.SmallSize);
        if (Transport.Receive(_buffer.Bytes.AsMemory(_received)) is { IsPending: false } result) OnReceived(result);
    }

    private void ReadHeader(int bytes)
    {
        _received += bytes;
        switch (ProxyProtocolReader.TryRead(_buffer!.Bytes.AsSpan(0, _received), out var header, out var consumed))
        {
            case ParseStatus.NeedMore when _received < _buffer.Capacity:
                ReceiveHeader();
                break;
            case ParseStatus.Done:
                Client = header.Source ?? Client;
                OriginalTarget = header.Target;
                Ready(consumed);
                break;
            default:
                Refuse();
                break;
        }
    }

    private void Ready(int consumed = 0)
    {
        if (Interlocked.Exchange(ref _state, Over) != Waiting)
        {
            ReleaseBuffer();
            return;
        }

        var initial = _buffer is { } buffer ? (buffer, consumed, _received) : default((IoBuffer, int, int)?);
        _buffer = null;
        _acceptor.Opened(this, initial);
    }

    private void Refuse()
    {
        ReleaseBuffer(); // nothing is under way here
        if (Interlocked.Exchange(ref _state, Over) != Waiting) return;
        Transport.Dispose();
        _acceptor.Forget(this);
    }

    /// <summary>The buffer belongs to whoever handles the receive: one thread at a time, and never <see cref="Close"/>.</summary>
    private void ReleaseBuffer()
    {
        _buffer?.Release();
        _buffer = null;
    }
}
