using Scp.Streams.Transport;

namespace Scp.Tests.Streams.Transport;

/// <summary>What every transport does, whatever is behind it.</summary>
public abstract class TransportSpec : IDisposable
{
    private readonly List<ITransport> _open = [];

    /// <summary>False where the operating system has no reset: unix sockets end with FIN, however they are closed.</summary>
    protected virtual bool HasReset => true;

    /// <summary>Two ends of one connection.</summary>
    protected abstract (ITransport Client, ITransport Server) Connect();

    [TransportFact]
    public void A_receive_completes_when_bytes_come()
    {
        var (client, server) = Open();
        var buffer = new byte[100];
        Assert.True(server.Transport.Receive(buffer).IsPending);
        Assert.Equal(TransportResult.Completed(5), client.Send("hello"u8.ToArray()));
        Assert.Equal(TransportResult.Completed(5), server.AwaitReceived());
        Assert.Equal("hello"u8.ToArray(), buffer[..5]);
        AssertQuiet(client, server);
    }

    [TransportFact]
    public void A_receive_without_a_buffer_tells_that_bytes_are_there_and_takes_none()
    {
        var (client, server) = Open();
        Assert.True(server.Transport.Receive(Memory<byte>.Empty).IsPending);
        client.Send("hello"u8.ToArray());
        Assert.Equal(TransportResult.Completed(0), server.AwaitReceived());
        Assert.Equal("hello"u8.ToArray(), server.ReceiveExactly(5));
    }

    [TransportFact]
    public void Bytes_cross_in_both_directions_at_once()
    {
        var (client, server) = Open();
        var (up, down) = (RandomBytes(300_000, 1), RandomBytes(300_000, 2));
        var upSent = client.Transport.Send(up);
        var downSent = server.Transport.Send(down);
        Assert.Equal(up, server.ReceiveExactly(up.Length));
        Assert.Equal(down, client.ReceiveExactly(down.Length));
        Assert.Equal(TransportResult.Completed(up.Length), upSent.IsPending ? client.AwaitSent() : upSent);
        Assert.Equal(TransportResult.Completed(down.Length), downSent.IsPending ? server.AwaitSent() : downSent);
        AssertQuiet(client, server);
    }

    [TransportFact]
    public void A_send_waits_until_its_reader_has_made_room_and_then_is_complete()
    {
        var (client, server) = Open();
        var bytes = RandomBytes(16 * 1024 * 1024, 3);
        Assert.True(client.Transport.Send(bytes).IsPending);
        Assert.Equal(0, client.Uncollected);
        Assert.Equal(bytes, server.ReceiveExactly(bytes.Length));
        Assert.Equal(TransportResult.Completed(bytes.Length), client.AwaitSent());
        AssertQuiet(client, server);
    }

    [TransportFact]
    public void Thousands_of_segments_leave_in_order_with_one_send()
    {
        var (client, server) = Open();
        var bytes = RandomBytes(1_000_000, 4);
        var segments = new List<ArraySegment<byte>>();
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(1 + (segments.Count % 600), bytes.Length - at);
            segments.Add(new ArraySegment<byte>(bytes, at, length));
            at += length;
        }

        Assert.True(segments.Count > 3000);
        var sent = client.Transport.Send(segments);
        Assert.Equal(bytes, server.ReceiveExactly(bytes.Length));
        Assert.Equal(TransportResult.Completed(bytes.Length), sent.IsPending ? client.AwaitSent() : sent);
    }

    [TransportFact]
    public void Sends_of_one_and_of_many_segments_may_alternate()
    {
        var (client, server) = Open();
        for (var i = 0; i < 50; i++)
        {
            client.Send(new byte[] { 1, 2 });
            var sent = client.Transport.Send((List<ArraySegment<byte>>)[new byte[] { 3 }, new byte[] { 4, 5 }]);
            Assert.Equal(TransportResult.Completed(3), sent.IsPending ? client.AwaitSent() : sent);
            Assert.Equal([1, 2, 3, 4, 5], server.ReceiveExactly(5));
        }
    }

    [TransportFact]
    public void What_was_sent_before_the_end_is_received_before_it()
    {
        var (client, server) = Open();
        client.Send("last"u8.ToArray());
        client.Transport.Dispose();
        Assert.Equal("last"u8.ToArray(), server.ReceiveExactly(4));
        Assert.True(server.Receive(new byte[10]).IsEndOfStream);
    }

    [TransportFact]
    public void A_receive_that_waits_sees_the_end()
    {
        var (client, server) = Open();
        Assert.True(server.Transport.Receive(new byte[10]).IsPending);
        client.Transport.Dispose();
        Assert.True(server.AwaitReceived().IsEndOfStream);
    }

    [TransportFact]
    public void Each_direction_ends_for_itself()
    {
        foreach (var clientFirst in (bool[])[true, false])
        {
            var (client, server) = Open();
            var (first, second) = clientFirst ? (client, server) : (server, client);
            first.Transport.ShutdownSend();
            Assert.True(second.Receive(new byte[10]).IsEndOfStream);
            second.Send("still here"u8.ToArray());
            Assert.Equal("still here"u8.ToArray(), first.ReceiveExactly(10));
            second.Transport.ShutdownSend();
            Assert.True(first.Receive(new byte[10]).IsEndOfStream);
            AssertQuiet(client, server);
        }
    }

    [TransportFact]
    public void Nothing_is_sent_after_the_own_end()
    {
        var (client, _) = Open();
        client.Transport.ShutdownSend();
        Assert.True(client.Send(new byte[1]).IsFailed);
    }

    [TransportFact]
    public void An_abort_breaks_the_receive_of_the_peer()
    {
        var (client, server) = Open();
        Assert.True(server.Transport.Receive(new byte[10]).IsPending);
        client.Transport.Abort();
        var result = server.AwaitReceived();
        Assert.True(HasReset ? result.IsFailed : result.IsFailed || result.IsEndOfStream);
    }

    [TransportFact]
    public void An_abort_breaks_the_send_of_the_peer()
    {
        var (client, server) = Open();
        Assert.True(server.Transport.Send(new byte[16 * 1024 * 1024]).IsPending);
        client.Transport.Abort();
        Assert.True(server.AwaitSent().IsFailed);
    }

    [TransportFact]
    public void Closing_completes_the_own_receive_once()
    {
        foreach (var close in Closings)
        {
            var (client, server) = Open();
            Assert.True(client.Transport.Receive(new byte[10]).IsPending);
            close(client.Transport);
            Assert.True(client.AwaitReceived().IsFailed);
            close(client.Transport);
            AssertQuiet(client, server);
        }
    }

    [TransportFact]
    public void Closing_completes_the_own_send_once()
    {
        foreach (var close in Closings)
        {
            var (client, server) = Open();
            Assert.True(client.Transport.Send(new byte[16 * 1024 * 1024]).IsPending);
            close(client.Transport);
            Assert.True(client.AwaitSent().IsFailed);
            close(client.Transport);
            AssertQuiet(client, server);
        }
    }

    [TransportFact]
    public void A_closed_transport_fails_at_once_and_throws_nothing()
    {
        foreach (var close in Closings)
        {
            var (client, _) = Open();
            close(client.Transport);
            Assert.True(client.Transport.Receive(new byte[10]).IsFailed);
            Assert.True(client.Transport.Receive(Memory<byte>.Empty).IsFailed);
            Assert.True(client.Transport.Send(new byte[10]).IsFailed);
            Assert.True(client.Transport.Send((List<ArraySegment<byte>>)[new byte[1], new byte[1]]).IsFailed);
            client.Transport.ShutdownSend();
            client.Transport.Abort();
            client.Transport.Dispose();
        }
    }

    [TransportFact]
    public void Completions_run_inside_an_inline_scope()
    {
        var (client, server) = Open();
        for (var i = 0; i < 20; i++)
        {
            Assert.True(server.Transport.Receive(new byte[10]).IsPending);
            client.Send(new byte[3]);
            server.AwaitReceived();
        }

        Assert.True(client.Transport.Send(new byte[16 * 1024 * 1024]).IsPending);
        server.ReceiveExactly(16 * 1024 * 1024);
        client.AwaitSent();
        Assert.Equal((0, 0), (server.CompletionsOutsideScope, client.CompletionsOutsideScope));
    }

    [TransportFact]
    public void The_next_handler_hears_the_next_operation()
    {
        var (client, server) = Open();
        var next = new Recorder(server.Transport);
        Assert.True(server.Transport.Receive(new byte[10]).IsPending);
        client.Send(new byte[3]);
        Assert.Equal(TransportResult.Completed(3), next.AwaitReceived());
        Assert.Equal(0, server.Uncollected);
    }

    [TransportFact]
    public void Both_ends_have_addresses_after_closing_too()
    {
        var (client, server) = Open();
        client.Transport.Dispose();
        Assert.NotNull(client.Transport.LocalEndPoint);
        Assert.Equal(client.Transport.RemoteEndPoint.AddressFamily, server.Transport.LocalEndPoint.AddressFamily);
        Assert.NotNull(server.Transport.RemoteEndPoint);
    }

    public virtual void Dispose()
    {
        foreach (var transport in _open) transport.Dispose();
        GC.SuppressFinalize(this);
    }

    private static Action<ITransport>[] Closings => [t => t.Dispose(), t => t.Abort()];

    private (Recorder Client, Recorder Server) Open()
    {
        var (client, server) = Connect();
        _open.Add(client);
        _open.Add(server);
        return (new Recorder(client), new Recorder(server));
    }

    private static void AssertQuiet(Recorder client, Recorder server) => Assert.Equal((0, 0), (client.Uncollected, server.Uncollected));

    private static byte[] RandomBytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
