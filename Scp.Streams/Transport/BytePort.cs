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
/// Each direction is in one of five states:
/// <code>
/// Idle --start--> Pending --completion--> Delivered --collect--> Idle
///                 Pending --Close-------> Abandoned --completion--> (buffers returned)
/// </code>
/// Start, collect and Close belong to the owner's thread; completion comes from any thread.
/// </remarks>
public sealed class BytePort : ITransportHandler
{
    private const int Idle = 0, Pending = 1, Delivered = 2, Abandoned = 3;

    private SendBatch _output = new(), _sending = new();
    private IBytePortOwner _owner;
    private IoBuffer? _receiveBuffer;
    private TransportResult _received, _sent;
    private int _receiveState, _sendState;
    private bool _closed;

    public BytePort(ITransport transport, IBytePortOwner owner)
    {
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

    /// <summary>What the owner associates with this port.</summary>
    public object? Tag { get; set; }

    /// <summary>What the next <see cref="Flush"/> sends.</summary>
    public SendBatch Output => _output;

    public bool IsReceiving => Volatile.Read(ref _receiveState) != Idle;

    public bool IsSending => Volatile.Read(ref _sendState) != Idle;

    public bool IsClosed => _closed;

    /// <summary>
    /// Starts a receive into <c>buffer[offset..]</c>. The port keeps a reference of its own until it has completed. When it completes at
    /// once the result is returned and nothing needs to be collected.
    /// </summary>
    public TransportResult Receive(IoBuffer buffer, int offset)
    {
        _receiveBuffer = buffer.Retain();
        Volatile.Write(ref _receiveState, Pending);
        var result = Transport.Receive(buffer.Bytes.AsMemory(offset));
        if (!result.IsPending)
        {
            _receiveBuffer = null;
            buffer.Release();
            Volatile.Write(ref _receiveState, Idle);
        }

        return result;
    }

    /// <summary>Takes the result of a receive that was delivered.</summary>
    public TransportResult CollectReceived()
    {
        _receiveBuffer?.Release();
        _receiveBuffer = null;
        Volatile.Write(ref _receiveState, Idle);
        return _received;
    }

    /// <summary>Sends what <see cref="Output"/> holds unless a send is under way already. True while one is.</summary>
    public bool Flush(out bool failed)
    {
        failed = false;
        if (IsSending) return true;
        var batch = Output;
        if (batch.IsEmpty) return false;
        (_output, _sending) = (_sending, _output);
        Volatile.Write(ref _sendState, Pending);
        var result = batch.Send(Transport);
        if (result.IsPending) return true;
        Volatile.Write(ref _sendState, Idle);
        failed = result.IsFailed;
        FinishBatch(batch);
        return false;
    }

    /// <summary>Takes the result of a send that was delivered and grants its credit. False when it failed.</summary>
    public bool CollectSent()
    {
        Volatile.Write(ref _sendState, Idle);
        FinishBatch(_sending);
        return !_sent.IsFailed;
    }

    /// <summary>Credit goes to whoever is set here, as the batch leaves.</summary>
    public Action<Exchange, int>? OnContentSent { get; set; }

    /// <summary>Closes the transport, with RST when <paramref name="abort"/>; what the kernel still uses is returned when it completes.</summary>
    public void Close(bool abort)
    {
        if (_closed) return;
        _closed = true;
        var receive = Interlocked.CompareExchange(ref _receiveState, Abandoned, Pending);
        var send = Interlocked.CompareExchange(ref _sendState, Abandoned, Pending);
        if (abort) Transport.Abort();
        else Transport.Dispose();
        if (receive == Delivered) CollectReceived();
        if (send != Pending) _sending.Clear();
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

    private void FinishBatch(SendBatch batch)
    {
        if (OnContentSent is { } grant)
        {
            // Granting may write into the other batch and flush it; this one is not current, so its list does not change meanwhile.
            var credit = batch.Credit;
            for (var i = 0; i < credit.Count; i++) _granted.Add(credit[i]);
        }

        batch.Clear();
        GrantAll();
    }

    private readonly List<(Exchange Exchange, int Bytes)> _granted = [];
    private bool _granting;

    private void GrantAll()
    {
        if (_granting || OnContentSent is not { } grant) return;
        _granting = true;
        for (var i = 0; i < _granted.Count; i++) grant(_granted[i].Exchange, _granted[i].Bytes);
        _granted.Clear();
        _granting = false;
    }
}
