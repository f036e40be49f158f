using Scp.Streams.Errors;
using Scp.Streams.Transport;

namespace Scp.Streams.Dispatch;

/// <summary>
/// One connection to a backend. While it is leased its completions go to the exchange that uses it; while it is idle a pending receive
/// tells at once when the backend closes it or speaks out of turn, and it is never used again.
/// </summary>
/// <remarks>
/// <code>
/// Leased --Park--> Idle --TryLease--> Leased
///                  Idle --bytes, FIN or RST--> Dead
/// Leased or Idle --Close--> Dead
/// </code>
/// </remarks>
public sealed class UpstreamConnection : IBytePortOwner
{
    private const int Leased = 0, Idle = 1, Dead = 2;

    private readonly UpstreamConnectionPool _pool;
    private int _state = Leased;

    public UpstreamConnection(UpstreamConnectionPool pool, ITransport transport, IBytePortOwner owner)
    {
        _pool = pool;
        Port = new BytePort(transport, owner);
    }

    public BytePort Port { get; }

    /// <summary>Milliseconds of the clock at which it became idle.</summary>
    public long IdleSince { get; private set; }

    /// <summary>The buffer of the pending receive; kept from one exchange to the next.</summary>
    public IoBuffer? Buffer { get; set; }

    /// <summary>Prepares to be idle: the receive is started by the caller beforehand and is still pending.</summary>
    public void Park(long now)
    {
        IdleSince = now;
        Port.Tag = null;
        Port.OnContentSent = null;
        Port.Owner = this;
        Volatile.Write(ref _state, Idle);

        // The receive may have completed between its start and the line above, towards the former owner, which no longer knows this
        // connection: see ReceiveCompleted and DispatchStage.
    }

    /// <summary>Makes the connection the new owner's; false when it died while it was idle.</summary>
    public bool TryLease(IBytePortOwner owner)
    {
        Port.Owner = owner;
        return Interlocked.CompareExchange(ref _state, Leased, Idle) == Idle;
    }

    /// <summary>Ends the connection from its owner's thread.</summary>
    public void Close(bool abort)
    {
        Volatile.Write(ref _state, Dead);
        Port.Close(abort);
        Buffer?.Release();
        Buffer = null;
        _pool.Closed();
    }

    /// <summary>Something arrived on an idle connection: it is over, whatever it was.</summary>
    void IBytePortOwner.ReceiveCompleted(BytePort port) => DieOrForward(port);

    /// <summary>Never comes: a connection with a send under way is not parked.</summary>
    void IBytePortOwner.SendCompleted(BytePort port)
    {
    }

    internal void DieOrForward(BytePort port)
    {
        if (Interlocked.CompareExchange(ref _state, Dead, Idle) == Idle)
        {
            _pool.Remove(this);
            port.Close(abort: false);
            Buffer?.Release();
            Buffer = null;
            _pool.Closed();
        }
        else if (!ReferenceEquals(port.Owner, this))
        {
            port.Owner.ReceiveCompleted(port); // leased in the meantime: the new owner collects it
        }
    }
}
