using System.Net;
using System.Net.Sockets;

namespace Scp.Actors.Connections;

/// <summary>Opens listening sockets.</summary>
public static class ListenerSocket
{
    private const int SolSocket = 1, SoReusePort = 15; // Linux: asm-generic/socket.h

    /// <summary>Binds and listens.</summary>
    /// <exception cref="SocketException">The address is in use, not local, or not permitted.</exception>
    public static Socket Open(EndPoint endPoint, int backlog, bool reusePort)
    {
        var isUnix = endPoint is UnixDomainSocketEndPoint;
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            if (endPoint is IPEndPoint { Address: var address } && address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            if (!isUnix && !OperatingSystem.IsWindows()) socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            if (reusePort && !isUnix && OperatingSystem.IsLinux()) socket.SetRawSocketOption(SolSocket, SoReusePort, BitConverter.GetBytes(1));
            if (isUnix) RemoveStale((UnixDomainSocketEndPoint)endPoint);
            socket.Bind(endPoint);
            socket.Listen(backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Why an address could not be opened, in words that help.</summary>
    public static string Explain(SocketException error) => error.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "the port is in use by another process",
        SocketError.AccessDenied => "permission denied: ports below 1024 need a privilege",
        SocketError.AddressNotAvailable => "the address does not belong to this machine",
        _ => error.Message,
    };

    /// <summary>A unix socket that nobody listens on any more is in the way of the next start; one in use is left alone.</summary>
    private static void RemoveStale(UnixDomainSocketEndPoint endPoint)
    {
        var path = endPoint.ToString();
        if (path is null || !File.Exists(path)) return;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endPoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
        }
    }
}
