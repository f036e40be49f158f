using System.Net;

namespace Scp.Streams.Transport;

/// <summary>How one receive or send ended.</summary>
public enum TransportStatus : byte
{
    /// <summary>Not finished: the handler will be called.</summary>
    Pending,

    /// <summary>Finished; <see cref="TransportResult.Bytes"/> were moved. A receive of 0 bytes is the peer's FIN.</summary>
    Completed,

    /// <summary>The connection is broken: reset, aborted or disposed.</summary>
    Failed,
}

/// <param name="Status">How it ended.</param>
/// <param name="Bytes">Bytes moved, when completed.</param>
public readonly record struct TransportResult(TransportStatus Status, int Bytes)
{
    public static readonly TransportResult Pending = new(TransportStatus.Pending, 0);
    public static readonly TransportResult Failed = new(TransportStatus.Failed, 0);

    public static TransportResult Completed(int bytes) => new(TransportStatus.Completed, bytes);

    public bool IsPending => Status == TransportStatus.Pending;

    public bool IsFailed => Status == TransportStatus.Failed;

    public bool IsEndOfStream => Status == TransportStatus.Completed && Bytes == 0;
}

/// <summary>
/// Hears the completions of a transport. Called on whatever thread completed the operation, inside an <see cref="InlineScope"/>;
/// an implementation hands over to its own graph at once.
/// </summary>
public interface ITransportHandler
{
    void OnReceived(TransportResult result);

    void OnSent(TransportResult result);
}

/// <summary>
/// One full-duplex byte connection. At most one receive and one send are under way at a time. Nothing above it may know
/// whether a kernel socket, TLS or memory is behind it.
/// </summary>
public interface ITransport : IDisposable
{
    /// <summary>Hears what completes later. May be replaced only while the caller owns the connection.</summary>
    ITransportHandler Handler { get; set; }

    EndPoint LocalEndPoint { get; }

    EndPoint RemoteEndPoint { get; }

    /// <summary>Receives into the buffer. Either completes at once or returns Pending and calls the handler later.</summary>
    TransportResult Receive(Memory<byte> buffer);

    /// <summary>
    /// Sends all the segments in order, completely. Either completes at once or returns Pending and calls the handler later.
    /// </summary>
    TransportResult Send(IList<ArraySegment<byte>> segments);

    /// <summary>Sends all the bytes, completely.</summary>
    TransportResult Send(ReadOnlyMemory<byte> bytes);

    /// <summary>Sends FIN: nothing more will be sent; receiving goes on.</summary>
    void ShutdownSend();

    /// <summary>Closes with RST so that the peer sees that the stream was cut short.</summary>
    void Abort();
}
