using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Scp.Tests.EndToEnd.Failover;

/// <summary>How an origin treats requests.</summary>
internal enum Manner
{
    Answers,

    /// <summary>Accepts, reads, and never says a word.</summary>
    Hangs,

    /// <summary>Every second response is a 500.</summary>
    FailsHalf,

    /// <summary>Sends a head and resets the connection before the content.</summary>
    ResetsAfterHead,

    /// <summary>Answers as always, but twenty times as late.</summary>
    IsSlow,
}

/// <summary>An origin that says its name, 5 ms after it was asked, and may be told to behave badly.</summary>
internal sealed class SwitchableOrigin : IDisposable
{
    private const int UsualDelay = 5;
    private const int SlowDelay = 20 * UsualDelay;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly string _name;
    private int _answers;

    public SwitchableOrigin(string name)
    {
        _name = name;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        Address = _listener.LocalEndPoint!.ToString()!;
        _ = AcceptAsync();
    }

    public string Address { get; }

    public Manner Manner { get; set; }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var _ = socket;
        socket.NoDelay = true;
        var buffer = new byte[8192];
        var received = 0;
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(received)) is var read and > 0)
            {
                received += read;
                if (!buffer.AsSpan(0, received).EndsWith("\r\n\r\n"u8)) continue;
                received = 0;
                if (!await AnswerAsync(socket)) return;
            }
        }
        catch (SocketException)
        {
            // the proxy closed the connection
        }
    }

    private async Task<bool> AnswerAsync(Socket socket)
    {
        var manner = Manner;
        if (manner == Manner.Hangs) return true;
        await Task.Delay(manner == Manner.IsSlow ? SlowDelay : UsualDelay);
        var status = manner == Manner.FailsHalf && Interlocked.Increment(ref _answers) % 2 == 0 ? "500 Internal Server Error" : "200 OK";
        var content = manner == Manner.ResetsAfterHead ? "" : _name;
        await socket.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {_name.Length}\r\n\r\n{content}"));
        if (manner != Manner.ResetsAfterHead) return true;
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
        return false;
    }
}
