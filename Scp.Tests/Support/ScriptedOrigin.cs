using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Scp.Tests.Support;

/// <summary>An origin over real sockets: records every byte that came, on every connection, and answers each request by a script.</summary>
internal sealed class ScriptedOrigin : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Lock _lock = new();
    private readonly List<Connection> _connections = [];
    private readonly Func<Connection, string, Task> _script;
    private readonly Task _accepting;

    /// <param name="script">Called with each complete request.</param>
    public ScriptedOrigin(Func<Connection, string, Task> script)
    {
        _script = script;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public static ScriptedOrigin Ok() => new((connection, _) => connection.SendAsync(OriginScripts.OkResponse));

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    public IReadOnlyList<Connection> Connections
    {
        get
        {
            lock (_lock) return [.. _connections];
        }
    }

    /// <summary>What came over all connections.</summary>
    public string Received => string.Concat(Connections.Select(c => c.Received));

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        foreach (var connection in Connections) connection.Dispose();
        await _accepting;
        await Task.WhenAll(Connections.Select(c => c.Serving));
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = new Connection(await _listener.AcceptSocketAsync());
                lock (_lock) _connections.Add(connection);
                connection.Serving = connection.ServeAsync(_script);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // stopped
        }
    }

    /// <summary>One connection from the proxy.</summary>
    public sealed class Connection(Socket socket) : IDisposable
    {
        private readonly StringBuilder _received = new();
        private int _answered;

        internal Task Serving { get; set; } = Task.CompletedTask;

        public string Received
        {
            get
            {
                lock (_received) return _received.ToString();
            }
        }

        /// <summary>FIN came.</summary>
        public bool IsFinished { get; private set; }

        /// <summary>RST came.</summary>
        public bool IsReset { get; private set; }

        public async Task SendAsync(string text)
        {
            for (var rest = (ReadOnlyMemory<byte>)Encoding.Latin1.GetBytes(text); !rest.IsEmpty;) rest = rest[await socket.SendAsync(rest)..];
        }

        public void Finish() => socket.Shutdown(SocketShutdown.Send);

        public void Reset()
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }

        public void Dispose() => socket.Dispose();

        /// <summary>100 as soon as somebody waits for it.</summary>
        private async Task ContinueAsync()
        {
            var head = Received[_answered..];
            if (head.EndsWith("\r\n\r\n", StringComparison.Ordinal) && RawMessage.Field(head, "Expect") is not null) await SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
        }

        internal async Task ServeAsync(Func<Connection, string, Task> script)
        {
            var buffer = new byte[16 * 1024];
            try
            {
                while (await socket.ReceiveAsync(buffer) is var read and > 0)
                {
                    lock (_received) _received.Append(Encoding.Latin1.GetString(buffer, 0, read));
                    await ContinueAsync();
                    while (RawMessage.TryMeasure(Received[_answered..], out var length))
                    {
                        var message = Received.Substring(_answered, length);
                        _answered += length;
                        await script(this, message);
                    }
                }

                IsFinished = true;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                IsReset = e is SocketException { SocketErrorCode: SocketError.ConnectionReset };
            }
        }
    }
}
