using System.Globalization;
using Akka.Actor;
using Scp.Streams.Dispatch;
using Scp.Streams.Errors;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Actors.Health;

/// <summary>Something happened to a probe. Sent by its sockets to the actor that runs it.</summary>
internal sealed record ProbeSignal(ProbeAttempt Attempt, ProbeSignalKind Kind) : INoSerializationVerificationNeeded;

internal enum ProbeSignalKind : byte
{
    Connected,
    Sent,
    Received,
}

/// <summary>
/// One probe, from the connection to the verdict. All of it runs on its actor's thread: what completes elsewhere becomes a signal.
/// Whatever the backend sends ends in a verdict, within the time and the bytes of its terms.
/// </summary>
/// <remarks>
/// <code>
/// Connecting --connected, TCP--> passed
/// Connecting --connected, HTTP--> Exchanging --expected status [and content]--> passed
/// any --anything else, time over--> failed
/// </code>
/// </remarks>
internal sealed class ProbeAttempt(ProbeCheck check, Backend backend, IActorRef owner) : IBytePortOwner
{
    private const int Pending = 0, Delivered = 1, Abandoned = 2;

    private int _connecting;
    private IConnectAttempt? _connect;
    private ConnectResult? _connected;
    private BytePort? _port;
    private ProbeResponse? _response;

    /// <summary>There is a verdict.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Why it failed; null when it passed or is not over.</summary>
    public string? Failure { get; private set; }

    public void Start(IConnector connector) => _connect = connector.Connect(check.Target, OnConnected);

    public void On(ProbeSignal signal)
    {
        if (IsOver) return;
        switch (signal.Kind)
        {
            case ProbeSignalKind.Connected: Begin(_connected!); break;
            case ProbeSignalKind.Sent: OnSent(_port!.CollectSent()); break;
            case ProbeSignalKind.Received: Accept(_port!.CollectReceived()); break;
        }

        Pump();
    }

    public void TimeOut() => End(string.Create(
        CultureInfo.InvariantCulture, $"no {(_port is null ? "connection" : "answer")} within {check.Terms.Timeout.TotalSeconds:0.###} s"));

    /// <summary>Nobody waits for the verdict.</summary>
    public void Cancel() => End("cancelled");

    void IBytePortOwner.ReceiveCompleted(BytePort port) => owner.Tell(new ProbeSignal(this, ProbeSignalKind.Received), ActorRefs.NoSender);

    void IBytePortOwner.SendCompleted(BytePort port) => owner.Tell(new ProbeSignal(this, ProbeSignalKind.Sent), ActorRefs.NoSender);

    /// <summary>On any thread: whoever comes last closes a connection that nobody wants any more.</summary>
    private void OnConnected(ConnectResult result)
    {
        _connected = result;
        if (Interlocked.CompareExchange(ref _connecting, Delivered, Pending) == Pending)
            owner.Tell(new ProbeSignal(this, ProbeSignalKind.Connected), ActorRefs.NoSender);
        else result.Transport?.Dispose();
    }

    private void Begin(ConnectResult result)
    {
        if (result.Transport is not { } transport)
        {
            End(ErrorTable.Of(result.Error).Explanation);
            return;
        }

        _port = new BytePort(transport, this);
        if (!check.Terms.IsHttp)
        {
            End(null);
            return;
        }

        _response = new ProbeResponse(check.Terms);
        if (!ProbeRequest.TryWrite(check.Terms, backend, _response.Exchange, _port.Output)) End("the request of the probe is not valid");
        else if (!_port.Flush(out var failed) && failed) End("the connection was reset");
    }

    private void OnSent(bool succeeded)
    {
        if (!succeeded) End("the connection was reset");
    }

    private void Pump()
    {
        while (!IsOver && _response is not null)
        {
            if (_response.Read() is { } verdict)
            {
                End(verdict.Failure);
                return;
            }

            if (_port!.IsReceiving) return;
            var (buffer, offset) = _response.PrepareReceive();
            var result = _port.Receive(buffer, offset);
            if (result.IsPending) return;
            Accept(result);
        }
    }

    private void Accept(TransportResult result)
    {
        if (IsOver || _response is null) return;
        if (result.IsFailed) End("the connection was reset");
        else if (result.IsEndOfStream) End(_response.AtEndOfStream().Failure);
        else _response.Received(result.Bytes);
    }

    private void End(string? failure)
    {
        if (IsOver) return;
        IsOver = true;
        Failure = failure;
        if (Interlocked.CompareExchange(ref _connecting, Abandoned, Pending) == Pending) _connect?.Cancel();
        else if (_port is null) _connected?.Transport?.Dispose();
        _port?.Close(abort: false);
        _response?.Release();
    }
}
