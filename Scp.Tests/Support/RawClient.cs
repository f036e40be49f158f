using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Scp.Tests.Support;

/// <summary>A client over a real socket that says and hears raw text (Latin-1). Every wait has a deadline.</summary>
internal sealed class RawClient : IDisposable
{
    private const int DeadlineMilliseconds = 10_000;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = DeadlineMilliseconds, SendTimeout = DeadlineMilliseconds };
    private readonly StringBuilder _received = new();
    private readonly byte[] _buffer = new byte[64 * 1024];

    public RawClient(IPEndPoint server) => _socket.Connect(server);

    /// <summary>Where the client is, as the proxy sees it.</summary>
    public IPEndPoint EndPoint
    {
        get
        {
            var local = (IPEndPoint)_socket.LocalEndPoint!;
            return new IPEndPoint(local.Address.MapToIPv4(), local.Port);
        }
    }

    /// <summary>Everything that was read so far.</summary>
    public string Received => _received.ToString();

    public bool IsFinished { get; private set; }

    public bool IsReset { get; private set; }

    public void Send(string text)
    {
        for (var rest = (ReadOnlyMemory<byte>)Encoding.Latin1.GetBytes(text); !rest.IsEmpty;) rest = rest[_socket.Send(rest.Span)..];
    }

    /// <summary>Sends as much as the other side takes; false when it has closed.</summary>
    public bool TrySend(string text)
    {
        try
        {
            Send(text);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Sends FIN; reading goes on.</summary>
    public void Finish() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Reads until more than so much came and it ends with the text.</summary>
    public string ReadBeyond(int length, string end)
    {
        while (Received.Length <= length) Assert.True(ReadMore(), $"The connection ended; what came is:\n{Received}");
        return ReadUntil(end);
    }

    /// <summary>Reads until what came ends with the text.</summary>
    public string ReadUntil(string end)
    {
        while (!Received.EndsWith(end, StringComparison.Ordinal))
            Assert.True(ReadMore(), $"The connection ended before '{end}' came; what came is:\n{Received}");
        return Received;
    }

    /// <summary>Reads to FIN; a reset is a failure.</summary>
    public string ReadToEnd()
    {
        while (ReadMore())
        {
        }

        Assert.False(IsReset, $"The connection was reset; what came is:\n{Received}");
        return Received;
    }

    /// <summary>Reads to RST; a clean end is a failure.</summary>
    public string ReadToReset()
    {
        while (ReadMore())
        {
        }

        Assert.True(IsReset, $"The connection ended cleanly; what came is:\n{Received}");
        return Received;
    }

    public void Dispose() => _socket.Dispose();

    private bool ReadMore()
    {
        try
        {
            var read = _socket.Receive(_buffer);
            _received.Append(Encoding.Latin1.GetString(_buffer, 0, read));
            IsFinished |= read == 0;
            return read > 0;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
        {
            IsReset = true;
            return false;
        }
    }
}
