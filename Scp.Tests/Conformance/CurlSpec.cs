using System.IO.Compression;
using System.Text;
using Scp.Tests.Support;

namespace Scp.Tests.Conformance;

/// <summary>A client that is not ours.</summary>
public sealed class CurlSpec : IAsyncLifetime
{
    private static readonly string Compressed = Encoding.Latin1.GetString(Gzip("compressed content"));

    private ScriptedOrigin _origin = null!;
    private ProxyUnderTest _proxy = null!;

    public async Task InitializeAsync()
    {
        _origin = new ScriptedOrigin((connection, request) => connection.SendAsync(Answer(request)));
        _proxy = await ProxyUnderTest.StartAsync(_origin.EndPoint);
    }

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _origin.DisposeAsync();
    }

    [CurlFact]
    public async Task Curl_speaks_HTTP_1_0() => Assert.EndsWith("\r\n\r\nok", await TextAsync("", "--http1.0", "--include", Url("/")));

    [CurlFact]
    public async Task Curl_uploads_in_chunks()
    {
        var content = new string('x', 1_000_000);

        Assert.Equal("1000000", await TextAsync(content, "--upload-file", "-", "--header", "Expect:", Url("/count")));
        Assert.Contains("\r\nTransfer-Encoding: chunked\r\n", _origin.Received);
    }

    [CurlFact]
    public async Task Curl_waits_for_100_and_gets_it()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();

        Assert.Equal("100", await TextAsync(new string('x', 100), "--data-binary", "@-", "--header", "Expect: 100-continue", "--expect100-timeout", "9", Url("/count")));

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(8), "curl gave up waiting for 100.");
    }

    [CurlFact]
    public async Task Curl_reads_the_head_of_HEAD()
    {
        var head = await TextAsync("", "--head", Url("/head"));

        Assert.Contains("Content-Length: 12345\r\n", head);
    }

    [CurlFact]
    public async Task Compressed_content_passes_as_it_is()
    {
        Assert.Equal(Compressed, await TextAsync("", Url("/gzip")));
        Assert.Equal("compressed content", await TextAsync("", "--compressed", Url("/gzip")));
    }

    [CurlFact]
    public async Task Curl_uses_one_connection_for_several_requests()
    {
        var connects = await TextAsync("", "--write-out", "%{num_connects} ", Url("/"), Url("/"), Url("/"));

        Assert.Equal("ok1 ok0 ok0 ", connects);
    }

    [CurlFact]
    public async Task Curl_notices_a_response_that_is_cut_short()
    {
        var (exitCode, _) = await Curl.RunAsync("", Url("/cut"));

        Assert.Contains(exitCode, (int[])[18, 56]); // partial file, failure in receiving
    }

    private string Url(string path) => $"http://{_proxy.EndPoint}{path}";

    private static async Task<string> TextAsync(string input, params string[] arguments)
    {
        var (exitCode, output) = await Curl.RunAsync(input, arguments);
        Assert.Equal(0, exitCode);
        return Encoding.Latin1.GetString(output);
    }

    private static string Answer(string request) => request.Split(' ')[1] switch
    {
        "/count" => Text((RawMessage.Field(request, "Transfer-Encoding") is null ? ContentSpec.Body(request) : ContentSpec.Unchunk(request)).Length.ToString()),
        "/head" => "HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n",
        "/gzip" => $"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {Compressed.Length}\r\n\r\n{Compressed}",
        "/cut" => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nonly this\r\nxyz\r\n",
        _ => Text("ok"),
    };

    private static string Text(string content) => $"HTTP/1.1 200 OK\r\nContent-Length: {content.Length}\r\n\r\n{content}";

    private static byte[] Gzip(string text)
    {
        using var result = new MemoryStream();
        using (var gzip = new GZipStream(result, CompressionLevel.Optimal)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return result.ToArray();
    }
}
