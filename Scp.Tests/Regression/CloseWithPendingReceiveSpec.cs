using System.Net;
using System.Net.Sockets;
using Scp.Streams.Transport;

namespace Scp.Tests.Regression;

/// <summary>
/// A connection that was closed while it waited for bytes ended with a reset: an idle client saw an error instead of an end, and the
/// last response could be lost.
/// </summary>
public class CloseWithPendingReceiveSpec
{
    [Fact]
    public async Task The_peer_sees_an_end_and_not_a_reset()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var peer = new TcpClient();
        await peer.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        var completed = new Completions();
        var transport = new SocketTransport(await listener.AcceptSocketAsync()) { Handler = completed };
        Assert.True(transport.Receive(new byte[16]).IsPending);
        Assert.False(transport.Send("bye"u8.ToArray()).IsPending);

        transport.Dispose();

        var buffer = new byte[16];
        Assert.Equal(3, await peer.GetStream().ReadAtLeastAsync(buffer, 3));
        Assert.Equal(0, await peer.GetStream().ReadAsync(buffer));
        await completed.Received.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private sealed class Completions : ITransportHandler
    {
        public TaskCompletionSource Received { get; } = new();

        public void OnReceived(TransportResult result) => Received.TrySetResult();

        public void OnSent(TransportResult result)
        {
        }
    }
}
