using System.Net;
using System.Net.Sockets;
using Scp.Actors.Connections;

namespace Scp.Tests.Actors.Connections;

public sealed class ListenerSocketSpec : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("scp");

    [Fact]
    public void A_port_in_use_is_refused()
    {
        using var first = Open(new IPEndPoint(IPAddress.Loopback, 0));
        var error = Assert.Throws<SocketException>(() => Open(first.LocalEndPoint!));
        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
    }

    [Fact]
    public void A_port_is_shared_only_when_both_ask_for_it()
    {
        if (!OperatingSystem.IsLinux()) return; // elsewhere the option is ignored
        using var first = Open(new IPEndPoint(IPAddress.Loopback, 0), reusePort: true);
        using var second = Open(first.LocalEndPoint!, reusePort: true);
        Assert.Equal(first.LocalEndPoint, second.LocalEndPoint);
        Assert.Throws<SocketException>(() => Open(first.LocalEndPoint!));
    }

    [Fact]
    public void A_port_may_be_opened_again_while_its_connections_linger()
    {
        var first = Open(new IPEndPoint(IPAddress.Loopback, 0));
        var at = first.LocalEndPoint!;
        using (var client = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            client.Connect(at);
            first.Accept().Dispose(); // closed here first: TIME_WAIT is on this side
            Assert.Equal(0, client.Receive(new byte[1]));
        }

        first.Dispose();
        using var second = Open(at);
        Assert.Equal(at, second.LocalEndPoint);
    }

    [Fact]
    public void All_addresses_are_those_of_both_families()
    {
        using var socket = Open(new IPEndPoint(IPAddress.IPv6Any, 0));
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(IPAddress.Loopback, ((IPEndPoint)socket.LocalEndPoint!).Port);
        Assert.True(client.Connected);
    }

    [Fact]
    public void An_address_of_another_machine_is_refused()
    {
        var error = Assert.Throws<SocketException>(() => Open(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0)));
        Assert.Equal(SocketError.AddressNotAvailable, error.SocketErrorCode);
    }

    [Fact]
    public void A_unix_socket_that_nobody_listens_on_is_replaced()
    {
        var path = PathOf("stale.sock");
        LeaveSocket(path);
        Assert.True(File.Exists(path));
        using var socket = Open(new UnixDomainSocketEndPoint(path));
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(path));
        Assert.True(client.Connected);
    }

    [Fact]
    public void A_unix_socket_in_use_is_left_alone()
    {
        var at = new UnixDomainSocketEndPoint(PathOf("live.sock"));
        using var first = Open(at);
        var error = Assert.Throws<SocketException>(() => Open(at));
        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(at);
        Assert.True(client.Connected);
    }

    [Fact]
    public void A_unix_socket_with_a_full_backlog_is_left_alone_without_waiting()
    {
        var at = new UnixDomainSocketEndPoint(PathOf("busy.sock"));
        using var first = ListenerSocket.Open(at, backlog: 1, reusePort: false);
        var clients = new List<Socket>();
        for (var i = 0; i < 4; i++)
        {
            var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
            clients.Add(client);
            Assert.True(Record.Exception(() => client.Connect(at)) is null or SocketException);
        }

        Assert.Throws<SocketException>(() => Open(at));
        foreach (var client in clients) client.Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("precious")]
    public void A_file_that_is_no_socket_is_left_alone(string content)
    {
        var path = PathOf("file");
        File.WriteAllText(path, content);
        var error = Assert.Throws<SocketException>(() => Open(new UnixDomainSocketEndPoint(path)));
        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
        Assert.Equal(content, File.ReadAllText(path));
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static Socket Open(EndPoint at, bool reusePort = false) => ListenerSocket.Open(at, backlog: 16, reusePort);

    private string PathOf(string name) => Path.Combine(_directory.FullName, name);

    /// <summary>Leaves a socket in the file system that nobody listens on, as a killed process does: closing one would remove it.</summary>
    private void LeaveSocket(string path)
    {
        var first = PathOf("first.sock");
        using var socket = Open(new UnixDomainSocketEndPoint(first));
        File.Move(first, path);
    }
}
