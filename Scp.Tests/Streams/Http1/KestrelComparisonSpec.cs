using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CsCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Scp.Streams.Errors;
using Scp.Streams.Http1;
using Scp.Streams.Messages;
using static Scp.Tests.Streams.Http1.Heads;

namespace Scp.Tests.Streams.Http1;

/// <summary>What Kestrel refuses we refuse too, apart from what is listed and argued here.</summary>
public sealed class KestrelComparisonSpec : IAsyncLifetime
{
    private WebApplication _kestrel = null!;
    private int _port;

    [Fact]
    public void What_its_parser_refuses_is_refused() => HeadGenerator.Mutated.Sample(bytes =>
    {
        var head = NewRequest();
        var scanned = 0;
        var status = Http1RequestParser.Parse(bytes, head, Limits, ref scanned, out var consumed, out _);
        head.Fields.Release();
        if (status != ParseStatus.Done) return;
        var refusal = KestrelParserRefusal(bytes.AsSpan(0, consumed));
        Assert.True(refusal is null, $"{refusal}\n{Text(bytes)}");
    }, iter: 50_000);

    [Fact]
    public async Task What_the_whole_server_refuses_is_refused()
    {
        var generated = new List<byte[]>();
        HeadGenerator.Whole.Sample(bytes =>
        {
            lock (generated) generated.Add(bytes);
        }, iter: 1500, seed: "0000KestrelA");
        var compared = 0;
        foreach (var bytes in generated)
        {
            var head = NewRequest();
            var scanned = 0;
            if (Http1RequestParser.Parse(bytes, head, Limits, ref scanned, out _, out _) != ParseStatus.Done) continue;
            if (!IsArguedException(head))
            {
                compared++;
                Assert.True(await StatusOf(bytes) is 200, Text(bytes));
            }

            head.Fields.Release();
        }

        Assert.True(compared > 200, $"Only {compared} heads were accepted: the comparison says little.");
    }

    [Fact]
    public async Task Chunks_that_it_refuses_are_refused()
    {
        var streams = new HashSet<string>();
        ChunkedDecoderSpec.Streams.Sample(text =>
        {
            if (!ChunkedDecoderSpec.IsAccepted(text)) return;
            lock (streams) streams.Add(text);
        }, iter: 20_000, seed: "0000KestrelA");
        Assert.True(streams.Count > 100, $"Only {streams.Count} streams were accepted: the comparison says little.");
        var head = Message("POST /read HTTP/1.1", "Host: a", "Transfer-Encoding: chunked");
        foreach (var text in streams.Take(500)) Assert.True(await StatusOf(Bytes(head + text)) is 200, text);
    }

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            // By default Kestrel insists on UTF-8; a proxy passes obs-text as it is (RFC 9110 5.5).
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
        });
        _kestrel = builder.Build();
        _kestrel.Run(async context =>
        {
            if (context.Request.Path == "/read") await context.Request.Body.CopyToAsync(Stream.Null);
            context.Response.Headers.Connection = "close";
            await context.Response.WriteAsync("ok");
        });
        await _kestrel.StartAsync();
        var addresses = _kestrel.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        _port = new Uri(addresses.First()).Port;
    }

    public async Task DisposeAsync() => await _kestrel.DisposeAsync();

    /// <summary>
    /// An authority in the target that differs from Host: Kestrel answers 400, a proxy ignores Host and replaces it (RFC 9112 3.2.2).
    /// CONNECT: the same, and Kestrel has no tunnel to offer.
    /// </summary>
    private static bool IsArguedException(RequestHead head) =>
        !head.Target.Scheme.IsEmpty || head.Method == Scp.Streams.Messages.Method.Connect;

    private async Task<int> StatusOf(byte[] bytes)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _port);
        await socket.SendAsync(bytes);
        var answer = new byte[64];
        var received = 0;
        while (received < 12 && await socket.ReceiveAsync(answer.AsMemory(received)) is var more and > 0) received += more;
        return received < 12 ? 0 : int.Parse(Encoding.ASCII.GetString(answer, 9, 3));
    }

    private static string? KestrelParserRefusal(ReadOnlySpan<byte> bytes)
    {
        // The empty line before a request is skipped outside of the parser, by Kestrel as by us.
        if (bytes.StartsWith("\r\n"u8)) bytes = bytes[2..];
        var parser = new HttpParser<Handler>(showErrorDetails: true);
        var reader = new SequenceReader<byte>(new ReadOnlySequence<byte>(bytes.ToArray()));
        try
        {
            var handler = new Handler();
            return parser.ParseRequestLine(handler, ref reader) && parser.ParseHeaders(handler, ref reader) ? null : "incomplete";
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException refusal)
        {
            return refusal.Message;
        }
    }

    private sealed class Handler : IHttpRequestLineHandler, IHttpHeadersHandler
    {
        public void OnStartLine(HttpVersionAndMethod versionAndMethod, TargetOffsetPathLength targetPath, Span<byte> startLine)
        {
        }

        public void OnHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
        {
        }

        public void OnHeadersComplete(bool endStream)
        {
        }

        public void OnStaticIndexedHeader(int index)
        {
        }

        public void OnStaticIndexedHeader(int index, ReadOnlySpan<byte> value)
        {
        }
    }
}
