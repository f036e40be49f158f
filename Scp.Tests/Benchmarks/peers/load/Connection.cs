using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Scp.Peers.Load;

internal enum Answer
{
    Incomplete,
    Complete,
    Failed,
}

/// <summary>One keep-alive connection with at most one request under way. Understands answers with a Content-Length only.</summary>
internal sealed class Connection : IDisposable
{
    private static readonly byte[] Request = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8.ToArray();

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[16384];
    private int _length;

    public Connection(int port)
    {
        _socket.Connect(IPAddress.Loopback, port);
        _socket.Blocking = false;
    }

    public int Descriptor => (int)_socket.Handle;

    /// <summary>When the request under way should have been sent.</summary>
    public long DueAt { get; private set; }

    public void Send(long dueAt)
    {
        DueAt = dueAt;
        _length = 0;
        _socket.Send(Request, SocketFlags.None, out _);
    }

    public Answer Receive()
    {
        var received = _socket.Receive(_buffer.AsSpan(_length), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
            return Answer.Incomplete;
        if (error != SocketError.Success || received == 0)
            return Fail();
        _length += received;
        return Parse(_buffer.AsSpan(0, _length));
    }

    private Answer Parse(ReadOnlySpan<byte> bytes)
    {
        var head = bytes.IndexOf("\r\n\r\n"u8);
        if (head < 0)
            return Answer.Incomplete;
        if (!bytes.StartsWith("HTTP/1.1 200"u8))
            return Fail();
        var missing = head + 4 + ContentLength(bytes[..(head + 2)]) - bytes.Length;
        return missing > 0 ? Answer.Incomplete : Answer.Complete;
    }

    private static int ContentLength(ReadOnlySpan<byte> head)
    {
        foreach (var line in head.Split("\r\n"u8))
        {
            var field = head[line];
            if (field.Length > 15 && Ascii.EqualsIgnoreCase(field[..15], "content-length:"u8))
                return int.Parse(field[15..].Trim((byte)' '), CultureInfo.InvariantCulture);
        }

        throw new InvalidDataException("The answer has no Content-Length.");
    }

    private Answer Fail()
    {
        Dispose();
        return Answer.Failed;
    }

    public void Dispose() => _socket.Dispose();
}
