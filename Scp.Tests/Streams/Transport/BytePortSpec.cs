using System.Net;
using System.Net.Sockets;
using Scp.Streams.Messages;
using Scp.Streams.Transport;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Transport;

public sealed class BytePortSpec : IBytePortOwner
{
    private readonly BufferPool _pool = new();
    private readonly ScriptedTransport _transport = new();
    private readonly BytePort _port;
    private int _receiveCompletions, _sendCompletions;

    public BytePortSpec() => _port = new BytePort(_transport, this, _pool);

    [Fact]
    public void A_receive_that_completes_at_once_needs_no_collecting()
    {
        _transport.Next = TransportResult.Completed(7);
        WithBuffer(buffer =>
        {
            Assert.Equal(TransportResult.Completed(7), _port.Receive(buffer, 0));
            Assert.False(buffer.IsShared);
        });
        Assert.False(_port.IsReceiving);
        Assert.Equal(0, _receiveCompletions);
    }

    [Fact]
    public void A_buffer_is_held_while_its_receive_is_under_way()
    {
        WithBuffer(buffer =>
        {
            Assert.True(_port.Receive(buffer, 0).IsPending);
            Assert.True(_port.IsReceiving);
            Assert.True(buffer.IsShared);
        });
        Assert.Equal(1, _pool.Outstanding); // the owner has let go, the kernel not
        _transport.Handler.OnReceived(TransportResult.Completed(3));
        Assert.Equal((1, true), (_receiveCompletions, _port.IsReceiving));
        Assert.Equal(TransportResult.Completed(3), _port.CollectReceived());
        Assert.Equal((0L, false), (_pool.Outstanding, _port.IsReceiving));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Closing_leaves_the_buffers_to_the_operations_under_way(bool abort)
    {
        StartReceiveAndSend();
        _port.Close(abort);
        Assert.Equal(2, _pool.Outstanding);
        _transport.Handler.OnReceived(TransportResult.Failed);
        Assert.Equal(1, _pool.Outstanding);
        _transport.Handler.OnSent(TransportResult.Failed);
        AssertOver();
        Assert.Equal((0, 0), (_receiveCompletions, _sendCompletions));
        Assert.Equal((abort ? 1 : 0, abort ? 0 : 1), (_transport.Aborts, _transport.Disposals));
    }

    [Fact]
    public void Closing_returns_what_was_delivered_and_not_collected()
    {
        StartReceiveAndSend();
        _transport.Handler.OnReceived(TransportResult.Completed(1));
        _transport.Handler.OnSent(TransportResult.Completed(4));
        _port.Close(abort: false);
        AssertOver();
        Assert.True(_port.CollectReceived().IsFailed); // the owner's callback was on its way
        Assert.False(_port.CollectSent());
        AssertOver();
    }

    [Fact]
    public void Closing_may_complete_the_operations_itself()
    {
        StartReceiveAndSend();
        _transport.OnClose = () =>
        {
            _transport.Handler.OnReceived(TransportResult.Failed);
            _transport.Handler.OnSent(TransportResult.Failed);
        };
        _port.Close(abort: true);
        AssertOver();
    }

    [Fact]
    public void Closing_returns_what_was_never_sent_and_does_so_once()
    {
        _port.Output.Append("head"u8);
        _port.Close(abort: false);
        _port.Close(abort: true);
        AssertOver();
        Assert.Equal((0, 1), (_transport.Aborts, _transport.Disposals));
        Assert.Empty(_transport.Sends);
    }

    [Fact]
    public void A_closed_port_starts_nothing()
    {
        _port.Close(abort: false);
        WithBuffer(buffer => Assert.True(_port.Receive(buffer, 0).IsFailed));
        _port.Output.Append("late"u8);
        Assert.False(_port.Flush(out var failed));
        Assert.True(failed);
        AssertOver();
        Assert.Equal((0, 0), (_transport.Receives, _transport.Sends.Count));
    }

    [Fact]
    public void Output_is_filled_while_the_batch_before_is_under_way()
    {
        _port.Output.Append("one"u8);
        Assert.True(_port.Flush(out _));
        _port.Output.Append("two"u8);
        Assert.True(_port.Flush(out var failed)); // still the first
        Assert.False(failed);
        Assert.Equal(["one"], Sent());
        _transport.Handler.OnSent(TransportResult.Completed(3));
        Assert.Equal(1, _sendCompletions);
        Assert.True(_port.CollectSent());
        Assert.False(_port.IsSending);
        _transport.Next = TransportResult.Completed(3);
        Assert.False(_port.Flush(out _));
        Assert.Equal(["one", "two"], Sent());
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public void A_flush_of_nothing_sends_nothing()
    {
        Assert.False(_port.Flush(out var failed));
        Assert.False(failed);
        Assert.Empty(_transport.Sends);
    }

    [Fact]
    public void Credit_is_granted_once_and_in_order_when_the_bytes_have_left()
    {
        var (a, b) = (Exchanges.Create(), Exchanges.Create());
        var granted = new List<(Exchange, int)>();
        _port.OnContentSent = (exchange, bytes) => granted.Add((exchange, bytes));
        _port.Output.Append(a, Content(10));
        _port.Output.Append(b, Content(9000));
        _port.Output.Append(a, Content(20));
        _port.Flush(out _);
        Assert.Empty(granted);
        _transport.Handler.OnSent(TransportResult.Completed(9030));
        Assert.Empty(granted); // not on the completing thread
        _port.CollectSent();
        Assert.Equal([(a, 10), (b, 9000), (a, 20)], granted);
        _port.Close(abort: false);
        Assert.Equal(3, granted.Count);
        AssertOver();
    }

    [Fact]
    public void Credit_that_leads_to_more_content_is_granted_behind_what_was_before_it()
    {
        var (a, b) = (Exchanges.Create(), Exchanges.Create());
        var granted = new List<(Exchange, int)>();
        _transport.Next = TransportResult.Completed(1);
        _port.OnContentSent = (exchange, bytes) =>
        {
            granted.Add((exchange, bytes));
            if (bytes != 1) return;
            _port.Output.Append(exchange, Content(5)); // the edge answers at once
            _port.Flush(out _);
        };
        _port.Output.Append(a, Content(1));
        _port.Output.Append(b, Content(2));
        Assert.False(_port.Flush(out _));
        Assert.Equal([(a, 1), (b, 2), (a, 5)], granted);
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public void A_flush_says_that_a_send_is_under_way_when_granting_began_one()
    {
        var exchange = Exchanges.Create();
        _transport.Next = TransportResult.Completed(1);
        _port.OnContentSent = (_, _) =>
        {
            _transport.Next = TransportResult.Pending;
            _port.Output.Append("more"u8);
            _port.Flush(out _);
        };
        _port.Output.Append(exchange, Content(1));
        Assert.True(_port.Flush(out var failed));
        Assert.False(failed);
        _port.Close(abort: false);
        _transport.Handler.OnSent(TransportResult.Failed);
        AssertOver();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_failed_is_not_granted_again(bool atOnce)
    {
        var granted = 0;
        _port.OnContentSent = (_, _) => granted++;
        _transport.Next = atOnce ? TransportResult.Failed : TransportResult.Pending;
        _port.Output.Append(Exchanges.Create(), Content(10));
        Assert.Equal(!atOnce, _port.Flush(out var failed));
        Assert.Equal(atOnce, failed);
        if (!atOnce)
        {
            _transport.Handler.OnSent(TransportResult.Failed);
            Assert.False(_port.CollectSent());
        }

        Assert.Equal((0, 0L), (granted, _pool.Outstanding));
    }

    [Fact]
    public void The_next_owner_hears_what_completes_next()
    {
        var next = new BytePortSpec();
        WithBuffer(buffer => _port.Receive(buffer, 0));
        _port.Owner = next;
        _transport.Handler.OnReceived(TransportResult.Completed(1));
        Assert.Equal((0, 1), (_receiveCompletions, next._receiveCompletions));
    }

    [Fact]
    public void Buffers_go_back_exactly_once_however_completion_and_closing_interleave()
    {
        using var rendezvous = new Barrier(2);
        ScriptedTransport? transport = null;
        Exception? failure = null;
        const int Rounds = 20_000;
        var completer = new Thread(() =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                rendezvous.SignalAndWait();
                if (round % 3 == 0) Thread.SpinWait(round % 50);
                failure ??= Record.Exception(() => Complete(transport!));
                rendezvous.SignalAndWait();
            }
        });
        completer.Start();
        for (var round = 0; round < Rounds; round++)
        {
            transport = new ScriptedTransport();
            var port = new BytePort(transport, this, _pool);
            var buffer = _pool.Rent(100);
            port.Receive(buffer, 0);
            buffer.Release();
            port.Output.Append("head"u8);
            port.Flush(out _);
            port.Output.Append("next"u8);
            rendezvous.SignalAndWait();
            if (round % 3 == 1) Thread.SpinWait(round % 50);
            var closing = Record.Exception(() => CloseAndCollect(port));
            rendezvous.SignalAndWait();
            failure ??= closing ?? (_pool.Outstanding == 0 ? null : new InvalidOperationException($"{_pool.Outstanding} buffers are out."));
        }

        completer.Join();
        Assert.Null(failure);

        static void Complete(ScriptedTransport transport)
        {
            transport.Handler.OnReceived(TransportResult.Completed(1));
            transport.Handler.OnSent(TransportResult.Completed(4));
        }

        static void CloseAndCollect(BytePort port)
        {
            port.Close(abort: false);
            port.CollectReceived(); // callbacks that were on their way
            port.CollectSent();
        }
    }

    [Fact]
    public async Task Buffers_come_back_from_kernel_sockets_that_are_closed_at_any_moment()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        for (var round = 0; round < 150; round++)
        {
            using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await peer.ConnectAsync(listener.LocalEndPoint!);
            var port = new BytePort(new SocketTransport(await listener.AcceptAsync()), this, _pool);
            var buffer = _pool.Rent(BufferPool.SmallSize);
            port.Receive(buffer, 0);
            buffer.Release();
            for (var i = 0; i < 64; i++) port.Output.Append(Exchanges.Create(), Content(100_000));
            port.Flush(out _);
            if (round % 3 != 0) await peer.SendAsync(new byte[1]);
            if (round % 5 == 0) peer.Close(0);
            port.Close(abort: round % 2 == 0);
        }

        Assert.True(SpinWait.SpinUntil(() => _pool.Outstanding == 0, Recorder.Patience), $"{_pool.Outstanding} buffers were not returned.");
    }

    void IBytePortOwner.ReceiveCompleted(BytePort port) => Interlocked.Increment(ref _receiveCompletions);

    void IBytePortOwner.SendCompleted(BytePort port) => Interlocked.Increment(ref _sendCompletions);

    private void StartReceiveAndSend()
    {
        WithBuffer(buffer => _port.Receive(buffer, 0));
        _port.Output.Append("head"u8);
        Assert.True(_port.Flush(out _));
        Assert.Equal(2, _pool.Outstanding);
    }

    private void WithBuffer(Action<IoBuffer> use)
    {
        var buffer = _pool.Rent(100);
        use(buffer);
        buffer.Release();
    }

    private void AssertOver()
    {
        Assert.True(_port.IsClosed);
        Assert.Equal(0, _pool.Outstanding);
    }

    private string[] Sent() => [.. _transport.Sends.Select(s => System.Text.Encoding.ASCII.GetString(s))];

    private ContentSlice Content(int size) => new(_pool.Rent(size), 0, size);
}
