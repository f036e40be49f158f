using System.Net;
using System.Net.Sockets;

namespace Scp.Actors.Connections;

/// <summary>Opens listening sockets.</summary>
public static class ListenerSocket
{
    private const int IpProtoTcp = 6, TcpNotSentLowWater = 25; // Linux: netinet/in.h, netinet/tcp.h

    /// <summary>
    /// What a connection may hold in the kernel that the client's window has no room for; accepted sockets inherit it. Without it the
    /// kernel takes megabytes for a slow client, and then nothing for minutes: a client that reads steadily would look like one that
    /// stopped.
    /// </summary>
    private const int UnsentBytes = 128 * 1024;

    private const int SolSocket = 1, SoReusePort = 15; // Linux: asm-generic/socket.h

    /// <summary>Binds and listens.</summary>
    /// <exception cref="SocketException">The address is in use, not local, or not permitted.</exception>
    public static Socket Open(EndPoint endPoint, int backlog, bool reusePort)
    {
        if (endPoint is UnixDomainSocketEndPoint unix) RemoveStale(unix);
        if (endPoint is IPEndPoint { Address: var any } ip && any.Equals(IPAddress.IPv6Any) && !Socket.OSSupportsIPv6)
            endPoint = new IPEndPoint(IPAddress.Any, ip.Port); // many containers have no IPv6
        var isUnix = endPoint.AddressFamily == AddressFamily.Unix;
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            if (!isUnix) SetOptions(socket, endPoint, reusePort);
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

    /// <remarks>
    /// SocketOptionName.ReuseAddress is not set: off Windows the framework makes it SO_REUSEPORT as well, and two proxies would share a
    /// port unasked. Binding while old connections are in TIME_WAIT works without it.
    /// </remarks>
    private static void SetOptions(Socket socket, EndPoint endPoint, bool reusePort)
    {
        if (endPoint is IPEndPoint { Address: var address } && address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
        if (OperatingSystem.IsWindows()) socket.ExclusiveAddressUse = true; // else another process may take the port over
        if (!OperatingSystem.IsLinux()) return;
        if (reusePort) socket.SetRawSocketOption(SolSocket, SoReusePort, BitConverter.GetBytes(1));
        if (endPoint is IPEndPoint) socket.SetRawSocketOption(IpProtoTcp, TcpNotSentLowWater, BitConverter.GetBytes(UnsentBytes));
    }

    /// <summary>
    /// A unix socket that nobody listens on any more is in the way of the next start. One in use is left alone, and so is any other
    /// file: binding then says that the address is in use.
    /// </summary>
    private static void RemoveStale(UnixDomainSocketEndPoint endPoint)
    {
        var path = endPoint.ToString();
        if (path is null || !IsSocket(path)) return;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Blocking = false; // a full backlog would hold us
            probe.Connect(endPoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            TryDelete(path);
        }
        catch (SocketException)
        {
            // Somebody is there, or we may not know.
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not ours to remove: binding says that the address is in use.
        }
    }

    /// <summary>
    /// A socket cannot be opened as a file, and the error is its own (reading and writing, so that a pipe does not block).
    /// </summary>
    private static bool IsSocket(string path)
    {
        const int NoSuchDevice = 6, NotSupportedOnMac = 102; // ENXIO, EOPNOTSUPP
        try
        {
            if (!File.Exists(path)) return false;
            if (OperatingSystem.IsWindows()) return File.GetAttributes(path).HasFlag(FileAttributes.ReparsePoint);
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            return false;
        }
        catch (IOException e)
        {
            return e.HResult is NoSuchDevice or NotSupportedOnMac;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
