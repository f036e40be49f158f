using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Scp.Actors.Connections;
using Scp.Streams.Limits;
using Scp.Streams.Transport;

namespace Scp.Tests.Actors.Connections;

[CollectionDefinition("Buffers of the whole process", DisableParallelization = true)]
public sealed class SharedBuffersCollection;

[Collection("Buffers of the whole process")]
public sealed class AcceptorSpec : IDisposable
{
    private const string Header = "PROXY TCP4 192.0.2.7 198.51.100.9 49153 443\r\n";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<ClientSpoke> _spoke = new();
    private readonly ConcurrentQueue<SocketError> _errors = new();
    private readonly List<Socket> _clients = [];
    private readonly long _buffersBefore = BufferPool.Shared.Outstanding;
    private readonly Socket _socket = ListenerSocket.Open(new IPEndPoint(IPAddress.Loopback, 0), backlog: 4096, reusePort: false);
    private readonly Acceptor _acceptor;
    private bool _isTrusted;

    public AcceptorSpec()
    {
        _acceptor = new Acceptor(_socket, new Clock(_time), _ => _isTrusted, _spoke.Enqueue, _errors.Enqueue);
        _acceptor.Start();
    }

    [Fact]
    public void A_connection_that_speaks_is_handed_on_with_its_bytes_still_in_the_socket()
    {
        var client = Connect();
        WaitForOpen(1);
        Assert.Empty(_spoke);
        client.Send("GET"u8);
        var spoke = AwaitSpoke();
        Assert.Null(spoke.Initial);
        Assert.Null(spoke.Opening.OriginalTarget);
        Assert.Equal(client.LocalEndPoint, spoke.Opening.Client);
        Assert.Equal("GET", ReceiveText(spoke));
        Assert.Equal(1, _acceptor.Open);
    }

    [Fact]
    public void Connections_have_numbers_of_their_own()
    {
        for (var i = 0; i < 40; i++) Connect().Send("x"u8);
        Assert.Equal(40, Enumerable.Range(0, 40).Select(_ => AwaitSpoke().Opening.Id).Distinct().Count());
    }

    [Fact]
    public void A_silent_connection_is_closed_at_its_deadline_and_not_before()
    {
        _acceptor.FirstByteTimeout = TimeSpan.FromSeconds(3);
        var client = Connect();
        WaitForOpen(1);
        _time.Advance(TimeSpan.FromMilliseconds(2999));
        _acceptor.Sweep();
        Assert.Equal(1, _acceptor.Open);
        Assert.False(client.Poll(0, SelectMode.SelectRead));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _acceptor.Sweep();
        AssertClosed(client);
        WaitForOpen(0);
        Assert.Empty(_spoke);
    }

    [Fact]
    public void A_connection_that_has_spoken_has_no_deadline_here()
    {
        var client = Connect();
        client.Send("x"u8);
        var spoke = AwaitSpoke();
        _time.Advance(TimeSpan.FromHours(1));
        _acceptor.Sweep();
        Assert.Equal(1, _acceptor.Open);
        Assert.Equal("x", ReceiveText(spoke));
    }

    [Fact]
    public void No_more_connections_are_accepted_than_allowed_until_one_closes()
    {
        _acceptor.MaxConnections = 2;
        for (var i = 0; i < 5; i++) Connect().Send("x"u8); // an accept that is under way when the limit is set may be one more
        var spoken = Enumerable.Range(0, 2).Select(_ => AwaitSpoke()).ToList();
        AssertStays(() => _acceptor.Open <= 2 && _spoke.IsEmpty);
        for (var i = 0; i < 3; i++)
        {
            spoken[i].Opening.Transport.Dispose();
            _acceptor.ConnectionClosed();
            spoken.Add(AwaitSpoke());
            AssertStays(() => _acceptor.Open <= 2 && _spoke.IsEmpty);
        }
    }

    [Fact]
    public void Silent_connections_count_too_and_make_room_when_they_are_closed()
    {
        _acceptor.MaxConnections = 1;
        Connect();
        WaitForOpen(1);
        Connect().Send("x"u8);
        AssertStays(() => _spoke.IsEmpty);
        _time.Advance(TimeSpan.FromSeconds(11));
        _acceptor.Sweep();
        AwaitSpoke();
    }

    [Fact]
    public void A_raised_limit_holds_from_the_next_sweep()
    {
        _acceptor.MaxConnections = 1;
        Connect().Send("x"u8);
        Connect().Send("x"u8);
        AwaitSpoke();
        AssertStays(() => _spoke.IsEmpty);
        _acceptor.MaxConnections = 2;
        _acceptor.Sweep();
        AwaitSpoke();
    }

    [Fact]
    public void A_burst_is_accepted_completely()
    {
        for (var i = 0; i < 300; i++) Connect();
        WaitForOpen(300);
        foreach (var client in _clients) client.Send("x"u8);
        Wait(() => _spoke.Count == 300, "all have spoken");
    }

    [Fact]
    public void A_silent_connection_that_is_reset_is_forgotten_or_fails_at_its_first_receive()
    {
        var client = Connect();
        WaitForOpen(1);
        client.Close(0);
        Wait(() => _acceptor.Open == 0 || !_spoke.IsEmpty, "the reset is seen"); // readiness says that something came, not what
        if (_spoke.TryPeek(out var spoke)) Assert.True(new Streams.Transport.Recorder(spoke.Opening.Transport).Receive(new byte[1]).IsFailed);
    }

    [Fact]
    public void The_header_of_a_trusted_peer_names_the_client()
    {
        _isTrusted = true;
        Connect().Send(Bytes(Header + "GET /"));
        var spoke = AwaitSpoke();
        Assert.Equal(IPEndPoint.Parse("192.0.2.7:49153"), spoke.Opening.Client);
        Assert.Equal(IPEndPoint.Parse("198.51.100.9:443"), spoke.Opening.OriginalTarget);
        var (buffer, start, end) = spoke.Initial!.Value;
        Assert.Equal("GET /", Encoding.ASCII.GetString(buffer.Span[start..end]));
        buffer.Release();
        AssertBuffersReturned();
    }

    [Fact]
    public void A_header_may_come_byte_by_byte()
    {
        _isTrusted = true;
        var client = Connect();
        client.NoDelay = true;
        foreach (var value in Bytes(Header)) client.Send([value]);
        var spoke = AwaitSpoke();
        Assert.Equal(IPEndPoint.Parse("192.0.2.7:49153"), spoke.Opening.Client);
        Assert.Equal(spoke.Initial!.Value.Start, spoke.Initial.Value.End);
        spoke.Initial.Value.Buffer.Release();
        AssertBuffersReturned();
    }

    [Fact]
    public void A_header_that_names_nobody_leaves_the_peer()
    {
        _isTrusted = true;
        var client = Connect();
        client.Send(Bytes("PROXY UNKNOWN\r\nx"));
        var spoke = AwaitSpoke();
        Assert.Equal(client.LocalEndPoint, spoke.Opening.Client);
        Assert.Null(spoke.Opening.OriginalTarget);
        spoke.Initial!.Value.Buffer.Release();
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.9 49153\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.9 49153 443\n")]
    public void A_trusted_peer_without_a_valid_header_is_closed_without_a_word(string text)
    {
        _isTrusted = true;
        var client = Connect();
        client.Send(Bytes(text));
        AssertClosed(client);
        WaitForOpen(0);
        Assert.Empty(_spoke);
        AssertBuffersReturned();
    }

    [Fact]
    public void A_header_that_never_ends_is_closed()
    {
        _isTrusted = true;
        var client = Connect();
        client.Send(Bytes("PROXY UNKNOWN " + new string('x', 3000)));
        AssertClosed(client);
        AssertBuffersReturned();
    }

    [Fact]
    public void A_trusted_peer_that_ends_within_its_header_is_closed()
    {
        _isTrusted = true;
        var client = Connect();
        client.Send(Bytes(Header[..20]));
        client.Shutdown(SocketShutdown.Send);
        AssertClosed(client);
        WaitForOpen(0);
        Assert.Empty(_spoke);
        AssertBuffersReturned();
    }

    [Fact]
    public void A_late_header_is_closed_at_the_deadline_however_it_trickles()
    {
        _isTrusted = true;
        var client = Connect();
        WaitForOpen(1);
        client.Send(Bytes(Header[..10]));
        _time.Advance(TimeSpan.FromSeconds(6));
        _acceptor.Sweep();
        client.Send(Bytes(Header[10..20]));
        _time.Advance(TimeSpan.FromSeconds(4));
        _acceptor.Sweep();
        AssertClosed(client);
        WaitForOpen(0);
        AssertBuffersReturned();
    }

    [Fact]
    public void The_header_of_an_untrusted_peer_is_not_read()
    {
        var client = Connect();
        client.Send(Bytes(Header));
        var spoke = AwaitSpoke();
        Assert.Equal(client.LocalEndPoint, spoke.Opening.Client);
        Assert.Equal(Header, ReceiveText(spoke));
    }

    [Fact]
    public void Stopping_closes_what_has_not_spoken_and_the_listening_socket()
    {
        var port = ((IPEndPoint)_socket.LocalEndPoint!).Port;
        _isTrusted = true;
        var silent = Enumerable.Range(0, 20).Select(_ => Connect()).ToList();
        WaitForOpen(20);
        _acceptor.Dispose();
        foreach (var client in silent) AssertClosed(client);
        WaitForOpen(0);
        using var late = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.Throws<SocketException>(() => late.Connect(IPAddress.Loopback, port));
        AssertBuffersReturned();
    }

    [Fact]
    public void Stopping_leaves_connections_that_have_spoken_to_their_owners()
    {
        Connect().Send("x"u8);
        var spoke = AwaitSpoke();
        _acceptor.Dispose();
        Assert.Equal("x", ReceiveText(spoke));
    }

    [Fact]
    public void Stopping_while_connections_come_and_speak_loses_none()
    {
        _isTrusted = true;
        var going = true;
        var connecting = new Thread(() =>
        {
            while (Volatile.Read(ref going))
            {
                var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    client.Connect(_socket.LocalEndPoint!);
                    client.Send(Bytes(Header));
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    // Stopped.
                }

                lock (_clients) _clients.Add(client);
            }
        });
        connecting.Start();
        Wait(() => _spoke.Count > 100, "100 connections have spoken");
        _acceptor.Dispose();
        Volatile.Write(ref going, false);
        connecting.Join();
        Wait(() => _acceptor.Open == _spoke.Count, "all that is open has been handed on");
        foreach (var spoke in _spoke) spoke.Initial!.Value.Buffer.Release();
        AssertBuffersReturned();
    }

    [Fact]
    public void Three_thousand_silent_connections_cost_less_than_10_MB()
    {
        const int Count = 3000, Warm = 200;
        Connect(Warm);
        WaitForOpen(Warm);
        var clients = new Socket[Count];
        for (var i = 0; i < Count; i++) clients[i] = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var client in clients) client.Connect(_socket.LocalEndPoint!);
        _clients.AddRange(clients);
        WaitForOpen(Warm + Count);
        var growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(clients);
        Assert.True(growth < 10 * 1024 * 1024, $"{growth / Count} bytes for each connection, with the client's end.");
        AssertBuffersReturned(); // none is held while a connection is silent
    }

    public void Dispose()
    {
        _acceptor.Dispose();
        foreach (var spoke in _spoke) spoke.Opening.Transport.Dispose();
        lock (_clients)
        {
            foreach (var client in _clients) client.Dispose();
        }
    }

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);

    private static void Wait(Func<bool> condition, string what) => Assert.True(SpinWait.SpinUntil(condition, Patience), $"Waited in vain: {what}.");

    /// <summary>Holds now and a moment later: what must not happen cannot be waited for.</summary>
    private static void AssertStays(Func<bool> condition) => Assert.False(SpinWait.SpinUntil(() => !condition(), TimeSpan.FromMilliseconds(100)));

    private static string ReceiveText(ClientSpoke spoke)
    {
        var buffer = new byte[200];
        var result = new Streams.Transport.Recorder(spoke.Opening.Transport).Receive(buffer);
        return Encoding.ASCII.GetString(buffer, 0, result.Bytes);
    }

    /// <summary>FIN or RST, and not a byte before it.</summary>
    private static void AssertClosed(Socket client)
    {
        Assert.True(client.Poll(Patience, SelectMode.SelectRead), "The connection was not closed.");
        try
        {
            Assert.Equal(0, client.Receive(new byte[100]));
        }
        catch (SocketException e)
        {
            Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
        }
    }

    private void AssertBuffersReturned() => Wait(() => BufferPool.Shared.Outstanding == _buffersBefore, "every buffer is returned");

    private void WaitForOpen(int count) => Wait(() => _acceptor.Open == count, $"{count} connections are open");

    private ClientSpoke AwaitSpoke()
    {
        ClientSpoke? spoke = null;
        Wait(() => _spoke.TryDequeue(out spoke), "a connection speaks");
        return spoke!;
    }

    private void Connect(int count)
    {
        for (var i = 0; i < count; i++) Connect();
    }

    private Socket Connect()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(_socket.LocalEndPoint!);
        _clients.Add(client);
        return client;
    }
}
