namespace Scp.Host.Replay.Network;

/// <summary>One connection from the proxy to a virtual backend: one request at a time.</summary>
internal sealed class BackendConnection(VirtualBackend backend, VirtualTransport transport, Caller caller) : IVirtualPeer
{
    private readonly MessageScanner _requests = new();
    private bool _isAnswering;

    public Caller Caller { get; } = caller;

    public bool IsOpen { get; private set; } = true;

    public void OnBytes(ReadOnlySpan<byte> bytes)
    {
        if (!IsOpen)
        {
            transport.ResetLater(); // nobody listens here any more
            return;
        }

        _requests.Add(bytes);
        Next();
    }

    /// <summary>Half-closed: what is under way is answered, then it closes.</summary>
    public void OnEnd()
    {
    }

    public void OnClosed(bool isReset)
    {
        IsOpen = false;
        backend.Forget(this);
    }

    public void Answer(byte[] response)
    {
        if (!IsOpen) return;
        _isAnswering = false;
        transport.Deliver(response);
        Next();
    }

    /// <summary>The head and a part of the content, then RST.</summary>
    public void AnswerHalf(byte[] response)
    {
        if (!IsOpen) return;
        transport.Deliver(response.AsSpan(0, response.Length - 32));
        Cut();
        backend.Forget(this);
    }

    /// <summary>The kernel of a process that died: RST where something was not answered, else FIN.</summary>
    public void Cut()
    {
        IsOpen = false;
        if (_isAnswering || _requests.HasBegun) transport.DeliverReset();
        else transport.DeliverEnd();
    }

    private void Next()
    {
        if (_isAnswering || _requests.Take() is null) return;
        _isAnswering = true;
        backend.Take(this);
    }
}
