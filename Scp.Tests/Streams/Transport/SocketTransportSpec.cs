using System.Net;
using System.Net.Sockets;
using Scp.Streams.Transport;

namespace Scp.Tests.Streams.Transport;

/// <summary>A transport over kernel sockets of one family.</summary>
public abstract class SocketTransportSpec : TransportSpec
{
    private readonly List<Socket> _listeners = [];

    protected abstract EndPoint ListenAt();

    protected override (ITransport Client, ITransport Server) Connect()
    {
        var at = ListenAt();
        var protocol = at is UnixDomainSocketEndPoint ? ProtocolType.Unspecified : ProtocolType.Tcp;
        var listener = new Socket(at.AddressFamily, SocketType.Stream, protocol);
        _listeners.Add(listener);
        listener.Bind(at);
        listener.Listen();
        var client = new Socket(at.AddressFamily, SocketType.Stream, protocol);
        client.Connect(listener.LocalEndPoint!);
        return (new SocketTransport(client), new SocketTransport(listener.Accept()));
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (var listener in _listeners) listener.Dispose();
        GC.SuppressFinalize(this);
    }
}

public sealed class SocketTransportOverIPv4Spec : SocketTransportSpec
{
    protected override EndPoint ListenAt() => new IPEndPoint(IPAddress.Loopback, 0);
}

[NeedsIPv6]
public sealed class SocketTransportOverIPv6Spec : SocketTransportSpec
{
    protected override EndPoint ListenAt() => new IPEndPoint(IPAddress.IPv6Loopback, 0);
}

public sealed class SocketTransportOverUnixSpec : SocketTransportSpec
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("scp");
    private int _count;

    protected override bool HasReset => false;

    protected override EndPoint ListenAt() => new UnixDomainSocketEndPoint(Path.Combine(_directory.FullName, $"{_count++}.sock"));

    public override void Dispose()
    {
        base.Dispose();
        _directory.Delete(recursive: true);
    }
}
