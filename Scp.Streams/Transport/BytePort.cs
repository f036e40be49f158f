using Scp.Streams.Messages;

namespace Scp.Streams.Transport;

/// <summary>Hears that a port has something to collect. Called on the completing thread, inside an <see cref="InlineScope"/>.</summary>
public interface IBytePortOwner
{
    void ReceiveCompleted(BytePort port);

    void SendCompleted(BytePort port);
}

/// <summary>
/// A transport together with the buffers that the kernel may be using. A buffer goes back to the pool only when its operation
/// has completed, whatever happened to the graph in between.
/// </summary>
/// <remarks>
/// Each direction is in one of four states:
/// <code>
/// Idle --start--> Pending --completion--> Delivered --collect, Close--> Idle
///                 Pending --Close-------> Abandoned --completion--> (buffers returned)
/// </code>
/// Start, collect and Close belong to the owner's thread; completion comes from any thread. A closed port starts nothing more, and a
/// completion that was on its way to the owner while it closed collects a failure.
/// </remarks>
public sealed class BytePort : ITransportHandler
{
    private const int Idle = 0, Pending = 1, Delivered = 2, Abandoned = 3;

    private readonly List<(Exchange Exchange, int Bytes)> _granted = new(1);
    private bool _granting;
    private SendBatch _output, _sending;
    private IBytePortOwner _owner;
    private IoBuffer? _receiveBuffer;
    private TransportResult _received, _sent;
    private int _receiveState, _sendState;
    private bool _closed;

    public BytePort(ITransport transport, IBytePortOwner owner, BufferPool? pool = null)
    {
        (_output, _sending) = (new SendBatch(pool), new SendBatch(pool));
        Sent = new SendCompletion(this);
        Transport = transport;
        _owner = owner;
        transport.Handler = this;
    }

    public ITransport Transport { get; }

    /// <summary>Who hears completions. Set by whoever owns the connection, before it starts an operation.</summary>
    public IBytePortOwner Owner
    {
        get => Volatile.Read(ref _owner);
        set => Volatile.Write(ref _owner, value);
    }

    /// <summary>Stands for a send of this port that was delivered, where events of several kinds go through one callback.</summary>
    public sealed class SendCompletion(BytePort port)
    {
        public BytePort Port { get; } = port;
    }

    public SendCompletion Sent { get; }

    /// <summary>What the owner associates with this port.</summary>
    public object? Tag { get; set; }

    /// <summary>What the next <see cref="Flush"/> sends.</summary>
    public SendBatch Output => _output;

    public bool IsReceiving => Volatile.Read(ref _receiveState) != Idle;

    /// <summary>A receive waits for its first byte: nothing has come that is not yet collected.</summary>
    public bool IsReceivePending => Volatile.Read(ref _receiveState) == Pending;

    public bool IsSending => Volatile.Read(ref _sendState) != Idle;

    public bool IsClosed => _closed;

    /// <summary>
    /// Starts a receive into <c>buffer[offset..]</c>. The port keeps a reference of its own until it has completed. When it completes at
    /// once the result is returned and nothing needs to be collected.
    /// </summary>
    public TransportResult Receive(IoBuffer buffer, int offset, int limit = int.MaxValue)
    {
        if (_closed) return TransportResult.Failed;
        _receiveBuffer = buffer.Retain();
        Volatile.Write(ref _receiveState, Pending);
        var result = Transport.Receive(buffer.Bytes.AsMemory(offset, Math.Min(limit, buffer.Capacity - offset)));
        if (!result.IsPending)
        {
            _receiveBuffer = null;
            buffer.Release();
            Volatile.Write(ref _receiveState, Idle);
        }

        return result;
    }

    /// <summary>Takes the result of a receive that was delivered; a failure when the port was closed meanwhile.</summary>
    public TransportResult CollectReceived()
    {
        if (Volatile.Read(ref _receiveState) != Delivered) return TransportResult.Failed;
        _receiveBuffer?.Release();
        _receiveBuffer = null;
        Volatile.Write(ref _receiveState, Idle);
        return _received;
    }

    /// <summary>Sends what <see cref="Output"/> holds unless a send is under way already. True while one is.</summary>
    public bool Flush(out bool failed)
    {
        failed = _closed;
        if (_closed) Output.Clear();
        if (IsSending) return true;
        var batch = Output;
        if (batch.IsEmpty) return false;
        (_output, _sending) = (_sending, _output);
        Volatile.Write(ref _sendState, Pending);
        var result = batch.Send(Transport);
        if (result.IsPending) return true;
        Volatile.Write(ref _sendState, Idle);
        failed = result.IsFailed;
        FinishBatch(batch, failed);
        return IsSending; // whoever was granted credit may have flushed more
    }

    /// <summary>Takes the result of a send that was delivered and grants its credit. False when it failed or the port was closed.</summary>
    public bool CollectSent()
    {
        if (Volatile.Read(ref _sendState) != Delivered) return false;
        Volatile.Write(ref _sendState, Idle);
        FinishBatch(_sending, _sent.IsFailed);
        return !_sent.IsFailed;
    }

    /// <summary>Credit goes to whoever is set here, as the batch leaves.</summary>
    public Action<Exchange, int>? OnContentSent { get; set; }

    /// <summary>
    /// Closes the transport, with RST when <paramref name="abort"/>; what the kernel still uses is returned when it completes.
    /// </summary>
    public void Close(bool abort)
    {
        if (_closed) return;
        _closed = true;
        var receive = Interlocked.CompareExchange(ref _receiveState, Abandoned, Pending);
        var send = Interlocked.CompareExchange(ref _sendState, Abandoned, Pending);
        if (abort) Transport.Abort();
        else Transport.Dispose();
        if (receive == Delivered) CollectReceived();
        if (send != Pending)
        {
            Volatile.Write(ref _sendState, Idle);
            _sending.Clear();
        }

        Output.Clear();
    }

    void ITransportHandler.OnReceived(TransportResult result)
    {
        _received = result;
        if (Interlocked.CompareExchange(ref _receiveState, Delivered, Pending) == Pending) Owner.ReceiveCompleted(this);
        else _receiveBuffer?.Release();
    }

    void ITransportHandler.OnSent(TransportResult result)
    {
        _sent = result;
        if (Interlocked.CompareExchange(ref _sendState, Delivered, Pending) == Pending) Owner.SendCompleted(this);
        else _sending.Clear();
    }

    /// <summary>The kernel is done with the batch; what has left is granted again, what failed is not.</summary>
    private void FinishBatch(SendBatch batch, bool failed)
    {
        if (!failed && OnContentSent is not null) _granted.AddRange(batch.Credit);
        batch.Clear();
        GrantAll();
    }

    /// <summary>In order: granting may write into the other batch and flush it, whose credit then waits behind this one's.</summary>
    private void GrantAll()
    {
        if (_granting || OnContentSent is not { } grant) return;
        _granting = true;
        for (var i = 0; i < _granted.Count; i++) grant(_granted[i].Exchange, _granted[i].Bytes);
        _granted.Clear();
        _granting = false;
    }
}
