using System.Net;
using BenchmarkDotNet.Attributes;
using Scp.Streams.Errors;
using Scp.Streams.Http1;
using Scp.Streams.Limits;
using Scp.Streams.Messages;

namespace Scp.Benchmarks;

/// <summary>A typical head of 200 bytes and 6 fields, in and out. Aims: parse in 300 ns, write in 150 ns, no garbage.</summary>
[MemoryDiagnoser]
public class Http1ParserBenchmarks
{
    private static readonly byte[] RequestBytes =
        """
        GET /api/orders/4711?expand=lines HTTP/1.1
        Host: shop.example.com
        User-Agent: Mozilla/5.0 (X11; Linux x86_64)
        Accept: application/json
        Accept-Encoding: gzip, br
        Cookie: session=0123456789abcdef
        Connection: keep-alive


        """u8.ToArray().Where(b => b != '\r').SelectMany(b => b == '\n' ? "\r\n"u8.ToArray() : [b]).ToArray();

    private static readonly byte[] ResponseBytes =
        """
        HTTP/1.1 200 OK
        Date: Mon, 01 Jan 2024 00:00:00 GMT
        Server: origin
        Content-Type: application/json; charset=utf-8
        Content-Length: 512
        Cache-Control: private, max-age=0
        ETag: "0123456789"


        """u8.ToArray().Where(b => b != '\r').SelectMany(b => b == '\n' ? "\r\n"u8.ToArray() : [b]).ToArray();

    private readonly LimitSettings _limits = new()
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

    private readonly byte[] _chunks = [.. Enumerable.Repeat("400\r\n"u8.ToArray().Concat(new byte[1024]).Concat("\r\n"u8.ToArray()), 16)
        .SelectMany(b => b), .. "0\r\n\r\n"u8];

    private readonly ChunkedDecoder _decoder = new();
    private readonly byte[] _buffer = new byte[1024];
    private RequestHead _request = null!;
    private ResponseHead _response = null!;
    private RequestHead _parsedRequest = null!;
    private ResponseHead _parsedResponse = null!;

    [GlobalSetup]
    public void Setup()
    {
        var end = new IPEndPoint(IPAddress.Loopback, 1);
        var exchange = new Exchange(ClientConnectionInfo.Create(1, "b", end, end, end, false), new NoEdge());
        _request = exchange.Request;
        _response = new ResponseHead(exchange);
        _parsedRequest = new Exchange(exchange.Connection, exchange.Downstream).Request;
        _parsedResponse = new ResponseHead(exchange);
        var scanned = 0;
        Http1RequestParser.Parse(RequestBytes, _parsedRequest, _limits, ref scanned, out _, out _);
        Http1ResponseParser.Parse(ResponseBytes, _parsedResponse, Method.Get, false, _limits, ref scanned, out _, out _);
    }

    [Benchmark]
    public ParseStatus ParseRequest()
    {
        var scanned = 0;
        var status = Http1RequestParser.Parse(RequestBytes, _request, _limits, ref scanned, out _, out _);
        _request.Fields.Release();
        return status;
    }

    [Benchmark]
    public ParseStatus ParseResponse()
    {
        var scanned = 0;
        var status = Http1ResponseParser.Parse(ResponseBytes, _response, Method.Get, false, _limits, ref scanned, out _, out _);
        _response.Fields.Release();
        return status;
    }

    [Benchmark]
    public int WriteRequest()
    {
        if (Http1RequestWriter.Measure(_parsedRequest) > _buffer.Length) return 0;
        Http1RequestWriter.TryWrite(_parsedRequest, _buffer, out var written, out _);
        return written;
    }

    [Benchmark]
    public int WriteResponse()
    {
        if (Http1ResponseWriter.Measure(_parsedResponse) > _buffer.Length) return 0;
        Http1ResponseWriter.TryWrite(_parsedResponse, _buffer, out var written, out _);
        return written;
    }

    /// <summary>16 chunks of 1 KiB.</summary>
    [Benchmark]
    public int DecodeChunks()
    {
        _decoder.Reset();
        ReadOnlySpan<byte> rest = _chunks;
        while (_decoder.Decode(rest, _limits, out var consumed, out _, out _) == ChunkStatus.Content) rest = rest[consumed..];
        return rest.Length;
    }

    private sealed class NoEdge : IExchangeEdge
    {
        public void OnCredit(Exchange exchange)
        {
        }
    }
}
