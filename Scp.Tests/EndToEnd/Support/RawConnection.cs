using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Scp.Tests.EndToEnd.Support;

/// <summary>How a peer ended a connection.</summary>
internal enum Ending
{
    /// <summary>FIN: what came before it was meant to be all.</summary>
    Fin,

    /// <summary>RST: what came before it was cut.</summary>
    Reset,
}

/// <summary>A TCP connection in the hands of a test: bytes as text (Latin-1), and a deadline on everything.</summary>
internal class RawConnection(Socket socket) : IDisposable
{
    /// <summary>Longer than anything takes, on a machine that is busy with other tests.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _deadline = new(Patience);
    private byte[] _buffer = new byte[16 * 1024];
    private int _start, _end;

    public Socket Socket { get; } = socket;

    /// <summary>Begins the time of patience anew, for tests of several steps.</summary>
    public void Renew() => _deadline.CancelAfter(Patience);

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[await Socket.SendAsync(bytes, SocketFlags.None, _deadline.Token)..];
    }

    /// <summary>Sends until the peer refuses more; true when all went out.</summary>
    public async Task<bool> TrySendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await SendAsync(bytes);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Reads a head with its empty line.</summary>
    /// <exception cref="EndOfStreamException">The peer closed before.</exception>
    public async Task<string> ReadHeadAsync()
    {
        while (true)
        {
            var end = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8);
            if (end >= 0) return Take(end + 4);
            if (!await FillAsync()) throw new EndOfStreamException($"Closed inside a head, after: {Take(_end - _start)}");
        }
    }

    /// <summary>Reads exactly so many bytes.</summary>
    /// <exception cref="EndOfStreamException">The peer closed before.</exception>
    public async Task<string> ReadAsync(int count)
    {
        while (_end - _start < count)
            if (!await FillAsync()) throw new EndOfStreamException($"Closed {count - (_end - _start)} bytes too early.");
        return Take(count);
    }

    /// <summary>Reads what comes until the connection ends.</summary>
    public async Task<(string Text, Ending Ending)> ReadToEndAsync()
    {
        try
        {
            while (await FillAsync())
            {
                // all of it is wanted
            }

            return (Take(_end - _start), Ending.Fin);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
        {
            return (Take(_end - _start), Ending.Reset);
        }
    }

    /// <summary>Reads a block and forgets it; 0 at the end.</summary>
    public async ValueTask<int> SkimAsync(Memory<byte> block)
    {
        if (_end > _start)
        {
            var buffered = Math.Min(_end - _start, block.Length);
            _start += buffered;
            return buffered;
        }

        return await Socket.ReceiveAsync(block, SocketFlags.None, _deadline.Token);
    }

    /// <summary>Sends FIN.</summary>
    public void FinishSending() => Socket.Shutdown(SocketShutdown.Send);

    /// <summary>Closes with RST.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Dispose();
    }

    public void Dispose()
    {
        Socket.Dispose();
        _deadline.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static async Task<Socket> OpenAsync(EndPoint address, int receiveBuffer)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0) socket.ReceiveBufferSize = receiveBuffer;
        using var deadline = new CancellationTokenSource(Patience);
        await socket.ConnectAsync(address, deadline.Token);
        return socket;
    }

    private async Task<bool> FillAsync()
    {
        if (_start == _end) _start = _end = 0;
        if (_end == _buffer.Length) Array.Resize(ref _buffer, 2 * _buffer.Length);
        var read = await Socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None, _deadline.Token);
        _end += read;
        return read > 0;
    }

    private string Take(int count)
    {
        var text = Encoding.Latin1.GetString(_buffer, _start, count);
        _start += count;
        return text;
    }
}
