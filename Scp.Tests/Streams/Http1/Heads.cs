using System.Net;
using System.Text;
using Scp.Streams.Errors;
using Scp.Streams.Http1;
using Scp.Streams.Limits;
using Scp.Streams.Messages;

namespace Scp.Tests.Streams.Http1;

/// <summary>Raw protocol text in, parsed heads or errors out. Text is Latin-1, so any byte can be written in it.</summary>
internal static class Heads
{
    public static readonly LimitSettings Limits = new()
    {
        RequestLine = 8192,
        RequestHead = 32768,
        FieldLine = 8192,
        FieldCount = 100,
        Trailers = 8192,
        ChunkExtensions = 4096,
        RequestContent = 0,
        ResponseHead = 65536,
        ResponseFieldCount = 200,
        InterimResponses = 10,
        DiscardedContent = 65536,
        RequestsPerConnection = 0,
    };

    private static readonly IPEndPoint EndPoint = new(IPAddress.Loopback, 1);

    private static readonly ClientConnectionInfo Connection =
        ClientConnectionInfo.Create(1, "test", EndPoint, EndPoint, EndPoint, isTrustedProxy: false);

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    public static RequestHead NewRequest() => new Exchange(Connection, new NoEdge()).Request;

    public static ResponseHead NewResponse() => new(new Exchange(Connection, new NoEdge()));

    /// <summary>Parses a whole head; fails the test when it is refused or incomplete.</summary>
    public static RequestHead Request(string text, LimitSettings? limits = null)
    {
        var head = NewRequest();
        var scanned = 0;
        var status = Http1RequestParser.Parse(Bytes(text), head, limits ?? Limits, ref scanned, out var consumed, out var error);
        Assert.Equal((ParseStatus.Done, ProxyError.None, text.Length), (status, error, consumed));
        return head;
    }

    /// <summary>Why a request is refused; None when it is not.</summary>
    public static ProxyError RequestError(string text, LimitSettings? limits = null)
    {
        var head = NewRequest();
        var scanned = 0;
        var status = Http1RequestParser.Parse(Bytes(text), head, limits ?? Limits, ref scanned, out var consumed, out var error);
        Assert.Equal(status == ParseStatus.Rejected, error != ProxyError.None);
        if (status != ParseStatus.Done) Assert.Equal(0, consumed);
        head.Fields.Release();
        return error;
    }

    /// <summary>A GET with Host and the given lines, each without its line end.</summary>
    public static string Get(params string[] lines) => Message("GET / HTTP/1.1", ["Host: a.example", .. lines]);

    /// <summary>A POST with Host and the given lines.</summary>
    public static string Post(params string[] lines) => Message("POST / HTTP/1.1", ["Host: a.example", .. lines]);

    public static string Message(string firstLine, params string[] lines) =>
        string.Concat([firstLine, "\r\n", .. lines.Select(line => line + "\r\n"), "\r\n"]);

    public static ResponseHead Response(string text, Method method = Method.Get, bool upgrade = false)
    {
        var head = NewResponse();
        var scanned = 0;
        var status = Http1ResponseParser.Parse(Bytes(text), head, method, upgrade, Limits, ref scanned, out var consumed, out var error);
        Assert.Equal((ParseStatus.Done, ProxyError.None, text.Length), (status, error, consumed));
        return head;
    }

    public static ProxyError ResponseError(string text, Method method = Method.Get, bool upgrade = false, LimitSettings? limits = null)
    {
        var head = NewResponse();
        var scanned = 0;
        var status = Http1ResponseParser.Parse(
            Bytes(text), head, method, upgrade, limits ?? Limits, ref scanned, out _, out var error);
        Assert.Equal(status == ParseStatus.Rejected, error != ProxyError.None);
        head.Fields.Release();
        return error;
    }

    private sealed class NoEdge : IExchangeEdge
    {
        public void OnCredit(Exchange exchange)
        {
        }
    }
}
