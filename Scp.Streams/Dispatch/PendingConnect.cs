namespace Scp.Streams.Dispatch;

/// <summary>
/// One attempt to connect, between the thread that completes it and the graph that waits: whoever comes last closes a
/// connection that nobody wants any more.
/// </summary>
public sealed class PendingConnect(UpstreamAttempt attempt, Action<PendingConnect> deliver)
{
    private const int Pending = 0, Delivered = 1, Abandoned = 2;

    private int _state;
    private IConnectAttempt? _connect;

    public UpstreamAttempt Attempt { get; } = attempt;

    /// <summary>Set before delivery.</summary>
    public ConnectResult? Result { get; private set; }

    public void Start(IConnector connector, Backend backend)
    {
        var connect = connector.Connect(backend.Address, Completed);
        Volatile.Write(ref _connect, connect);
    }

    /// <summary>Gives up from the graph's thread.</summary>
    public void Abandon()
    {
        if (Interlocked.CompareExchange(ref _state, Abandoned, Pending) == Delivered) Result?.Transport?.Dispose();
        else Volatile.Read(ref _connect)?.Cancel();
    }

    private void Completed(ConnectResult result)
    {
        Result = result;
        if (Interlocked.CompareExchange(ref _state, Delivered, Pending) == Pending) deliver(this);
        else result.Transport?.Dispose();
    }
}
