using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Scp.Tests.EndToEnd.Lifecycle;

/// <summary>A response as it stood on the wire.</summary>
internal sealed record WireResponse(int Status, string Head, string Content)
{
    public bool Closes => Head.Contains("\r\nConnection: close\r\n", StringComparison.OrdinalIgnoreCase);

    public string? Field(string name) => Head.Split("\r\n").FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
}

/// <summary>One HTTP/1.1 connection that hides nothing: no retry, no reconnect, an end of stream is an error.</summary>
internal sealed class WireClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start, _end;

    private WireClient(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    public static Task<WireClient> ConnectAsync(Uri address) => ConnectAsync(new IPEndPoint(IPAddress.Parse(address.Host), address.Port));

    public static async Task<WireClient> ConnectAsync(EndPoint endPoint)
    {
        var isUnix = endPoint is UnixDomainSocketEndPoint;
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endPoint);
            return new WireClient(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>One request on a connection of its own.</summary>
    public static async Task<WireResponse> GetAsync(Uri address, string path = "/", string host = "test", string fields = "")
    {
        using var client = await ConnectAsync(address);
        return await client.ExchangeAsync(path, host, fields);
    }

    public async Task<WireResponse> ExchangeAsync(string path = "/", string host = "test", string fields = "")
    {
        await SendAsync($"GET {path} HTTP/1.1\r\nHost: {host}\r\n{fields}\r\n");
        return await ReadAsync();
    }

    public async Task SendAsync(string text) => await _stream.WriteAsync(Encoding.Latin1.GetBytes(text));

    public async Task<WireResponse> ReadAsync()
    {
        var head = await ReadUntilAsync("\r\n\r\n");
        var response = new WireResponse(int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture), head, "");
        if (response.Status is 101 or 204 or 304) return response;
        if (response.Field("Transfer-Encoding") is not null) return response with { Content = await ReadChunksAsync() };
        return response with { Content = await ReadExactlyAsync(int.Parse(response.Field("Content-Length") ?? "0", CultureInfo.InvariantCulture)) };
    }

    /// <summary>True when the other side closes in order; bytes or a reset are an error.</summary>
    public async Task EndsAsync()
    {
        if (_start < _end || await FillAsync()) throw new InvalidDataException("There were bytes where the connection should have ended.");
    }

    public async Task<string> ReadUntilAsync(string mark)
    {
        while (true)
        {
            var text = Encoding.Latin1.GetString(_buffer, _start, _end - _start);
            var at = text.IndexOf(mark, StringComparison.Ordinal);
            if (at >= 0)
            {
                _start += at + mark.Length;
                return text[..(at + mark.Length)];
            }

            if (!await FillAsync()) throw new EndOfStreamException($"The connection ended after \"{text}\".");
        }
    }

    public void Dispose() => _stream.Dispose();

    private async Task<string> ReadChunksAsync()
    {
        var content = new StringBuilder();
        while (true)
        {
            var size = int.Parse((await ReadUntilAsync("\r\n")).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                await ReadUntilAsync("\r\n");
                return content.ToString();
            }

            content.Append(await ReadExactlyAsync(size));
            await ReadUntilAsync("\r\n");
        }
    }

    private async Task<string> ReadExactlyAsync(int length)
    {
        var content = new StringBuilder();
        while (content.Length < length)
        {
            if (_start == _end && !await FillAsync()) throw new EndOfStreamException($"The connection ended {length - content.Length} bytes early.");
            var take = Math.Min(length - content.Length, _end - _start);
            content.Append(Encoding.Latin1.GetString(_buffer, _start, take));
            _start += take;
        }

        return content.ToString();
    }

    private async Task<bool> FillAsync()
    {
        if (_start == _end) _start = _end = 0;
        using var limit = new CancellationTokenSource(Patience);
        var count = await _stream.ReadAsync(_buffer.AsMemory(_end), limit.Token);
        _end += count;
        return count > 0;
    }
}
