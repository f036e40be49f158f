using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Scp.Tests.EndToEnd.Support;

/// <summary>A response as a client saw it.</summary>
/// <param name="Head">Status line and fields.</param>
/// <param name="Body">The content that came.</param>
internal sealed record Answer(string Head, string Body)
{
    public int Status => int.Parse(Head.AsSpan(9, 3), CultureInfo.InvariantCulture);

    /// <summary>The value of a field, null when there is none.</summary>
    public string? Field(string name) =>
        Head.Split("\r\n").Skip(1).Where(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(l => l[(name.Length + 1)..].Trim()).FirstOrDefault();

    /// <summary>The error token of Proxy-Status (RFC 9209 2.1.1), null when there is none.</summary>
    public string? ProxyError
    {
        get
        {
            var value = Field("Proxy-Status");
            var at = value?.IndexOf("error=", StringComparison.Ordinal) ?? -1;
            return at < 0 ? null : value![(at + "error=".Length)..].Split(';', ' ')[0];
        }
    }
}

/// <summary>A client that writes bytes as it likes. It reads responses honestly.</summary>
internal sealed class HostileClient : RawConnection
{
    private HostileClient(Socket socket)
        : base(socket)
    {
    }

    public static async Task<HostileClient> ConnectAsync(EndPoint address, int receiveBuffer = 0) => new(await OpenAsync(address, receiveBuffer));

    /// <summary>One request on a connection of its own.</summary>
    public static async Task<Answer> AskAsync(EndPoint address, string request)
    {
        using var client = await ConnectAsync(address);
        await client.SendAsync(request);
        return await client.ReadAnswerAsync();
    }

    public async Task GetAsync(string path) => await SendAsync($"GET {path} HTTP/1.1\r\nHost: scp.test\r\n\r\n");

    /// <summary>Sends a GET and reads its response.</summary>
    public async Task<Answer> AskAsync(string path)
    {
        await GetAsync(path);
        return await ReadAnswerAsync();
    }

    /// <summary>Reads one final response, framed by length or chunks.</summary>
    public async Task<Answer> ReadAnswerAsync(bool isHeadRequest = false)
    {
        var head = await ReadHeadAsync();
        var answer = new Answer(head, "");
        if (isHeadRequest || answer.Status is 204 or 304) return answer;
        if (answer.Field("Transfer-Encoding") is not null) return answer with { Body = await ReadChunksAsync() };
        var length = int.Parse(answer.Field("Content-Length") ?? "0", CultureInfo.InvariantCulture);
        return answer with { Body = await ReadAsync(length) };
    }

    private async Task<string> ReadChunksAsync()
    {
        var body = new StringBuilder();
        while (true)
        {
            var line = new StringBuilder();
            while (!line.ToString().EndsWith("\r\n", StringComparison.Ordinal)) line.Append(await ReadAsync(1));
            var size = int.Parse(line.ToString().Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            body.Append(await ReadAsync(size));
            await ReadAsync(2);
            if (size == 0) return body.ToString();
        }
    }
}
