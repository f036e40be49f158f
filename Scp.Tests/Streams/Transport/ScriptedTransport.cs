using System.Net;
using Scp.Streams.Transport;

namespace Scp.Tests.Streams.Transport;

/// <summary>A transport whose operations complete when the test says so: at once with <see cref="Next"/>, or later.</summary>
internal sealed class ScriptedTransport : ITransport
{
    private readonly List<byte[]> _sends = [];

    /// <summary>How the next operation ends.</summary>
    public TransportResult Next { get; set; } = TransportResult.Pending;

    /// <summary>Runs when the transport is closed, before that returns.</summary>
    public Action? OnClose { get; set; }

    public int Aborts { get; private set; }

    public int Disposals { get; private set; }

    public ITransportHandler Handler { get; set; } = null!;

    public EndPoint LocalEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 1);

    public EndPoint RemoteEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 2);

    /// <summary>What was sent, one element for each send.</summary>
    public IReadOnlyList<byte[]> Sends => _sends;

    public int Receives { get; private set; }

    /// <summary>Segments of the last send.</summary>
    public int Segments { get; private set; }

    public TransportResult Receive(Memory<byte> buffer)
    {
        Receives++;
        return Next;
    }

    public TransportResult Send(ReadOnlyMemory<byte> bytes)
    {
        Segments = 1;
        _sends.Add(bytes.ToArray());
        return Next;
    }

    public TransportResult Send(IList<ArraySegment<byte>> segments)
    {
        Segments = segments.Count;
        _sends.Add([.. segments.SelectMany(s => s)]);
        return Next;
    }

    public void ShutdownSend()
    {
    }

    public void Abort()
    {
        Aborts++;
        OnClose?.Invoke();
    }

    public void Dispose()
    {
        Disposals++;
        OnClose?.Invoke();
    }
}
