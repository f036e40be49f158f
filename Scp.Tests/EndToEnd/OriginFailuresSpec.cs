using System.Net;
using System.Net.Sockets;
using Scp.Tests.EndToEnd.Support;

namespace Scp.Tests.EndToEnd;

/// <summary>Everything an origin can do wrong, and what the client gets instead of its response (BEHAVIOUR section 4.6).</summary>
public sealed class OriginFailuresSpec : IAsyncLifetime
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private readonly MisbehavingOrigin _origin = MisbehavingOrigin.Start(Misbehave);
    private FailureProxy _proxy = null!;

    public async Task InitializeAsync() => _proxy = await FailureProxy.StartAsync($$"""
        {{FailureProxy.Pool("bad", _origin.Address)}}
        {{FailureProxy.Pool("refusing", MisbehavingOrigin.Refusing())}}
        {{FailureProxy.Pool("refusing-all", MisbehavingOrigin.Refusing(), MisbehavingOrigin.Refusing(), MisbehavingOrigin.Refusing())}}
        pools.unknown.backends = [{ address = "no-such-host.invalid:80" }]
        routes.unknown { path = "/unknown/*", pool = unknown }
        limits { response-head = 4KiB, response-field-count = 20, interim-responses = 3 }
        timeouts { response-head = 500ms, response-idle = 500ms }
        """);

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _origin.Dispose();
    }

    [Theory]
    [InlineData("/refusing/", 502, "connection_refused", "connect-refused")]
    [InlineData("/refusing-all/", 502, "connection_refused", "connect-refused")]
    [InlineData("/unknown/", 502, "dns_error", "dns-failure")]
    [InlineData("/bad/closes", 502, "connection_terminated", "upstream-closed-early")]
    [InlineData("/bad/closes-inside-the-head", 502, "connection_terminated", "upstream-closed-early")]
    [InlineData("/bad/resets", 502, "connection_terminated", "upstream-reset")]
    [InlineData("/bad/resets-inside-the-head", 502, "connection_terminated", "upstream-reset")]
    [InlineData("/bad/junk", 502, "http_protocol_error", "malformed-response")]
    [InlineData("/bad/two-lengths", 502, "http_protocol_error", "malformed-response")]
    [InlineData("/bad/unasked-101", 502, "http_protocol_error", "malformed-response")]
    [InlineData("/bad/large-head", 502, "http_response_header_section_size", "response-head-too-large")]
    [InlineData("/bad/endless-head", 502, "http_response_header_section_size", "response-head-too-large")]
    [InlineData("/bad/21-fields", 502, "http_response_header_section_size", "response-too-many-fields")]
    [InlineData("/bad/4-interim", 502, "http_protocol_error", "too-many-interim-responses")]
    [InlineData("/bad/silent", 504, "http_response_timeout", "response-head-timeout")]
    [InlineData("/bad/only-interim", 504, "http_response_timeout", "response-head-timeout")]
    public async Task A_failure_before_the_head_has_its_status_and_its_Proxy_Status(string path, int status, string token, string reason)
    {
        using var client = await _proxy.ConnectAsync();
        await client.GetAsync(path);
        var answer = await ReadFinalAsync(client);
        Assert.Equal((status, token), (answer.Status, answer.ProxyError));
        var logged = _proxy.Logged(path)[0];
        Assert.Equal((status, reason), (logged.Status, logged.Error));
        Assert.Equal(200, (await client.AskAsync("/local")).Status); // the client is not to blame: its connection goes on
    }

    [Theory]
    [InlineData("/bad/20-fields")]
    [InlineData("/bad/3-interim")]
    [InlineData("/bad/head-of-4096-bytes")]
    public async Task What_is_just_within_a_limit_passes(string path)
    {
        using var client = await _proxy.ConnectAsync();
        await client.GetAsync(path);
        Assert.Equal(200, (await ReadFinalAsync(client)).Status);
    }

    [Theory]
    [InlineData("/bad/cut-length", "response-truncated")]
    [InlineData("/bad/cut-chunked", "response-truncated")]
    [InlineData("/bad/cut-chunk-size", "response-truncated")]
    [InlineData("/bad/reset-length", "response-truncated")]
    [InlineData("/bad/reset-chunked", "response-truncated")]
    [InlineData("/bad/reset-until-close", "response-truncated")]
    [InlineData("/bad/junk-chunk", "malformed-response")]
    [InlineData("/bad/stalls-length", "response-content-timeout")]
    [InlineData("/bad/stalls-chunked", "response-content-timeout")]
    public async Task A_response_that_is_cut_upstream_is_cut_downstream_and_never_ends_cleanly(string path, string reason)
    {
        using var client = await _proxy.ConnectAsync();
        await client.GetAsync(path);
        var (text, ending) = await client.ReadToEndAsync();
        Assert.Equal(Ending.Reset, ending);
        Assert.DoesNotContain("\r\n0\r\n", text);
        Assert.Equal(reason, _proxy.Logged(path)[0].Error);
    }

    [Theory]
    [InlineData("/bad/cut-chunked")]
    [InlineData("/bad/cut-length")]
    public async Task A_cut_response_is_cut_for_an_HTTP_1_0_client_too(string path)
    {
        using var client = await _proxy.ConnectAsync();
        await client.SendAsync($"GET {path} HTTP/1.0\r\nHost: scp.test\r\n\r\n");
        Assert.Equal(Ending.Reset, (await client.ReadToEndAsync()).Ending);
    }

    [Fact]
    public async Task More_than_Content_Length_says_is_dropped_with_its_connection()
    {
        using var client = await _proxy.ConnectAsync();
        for (var i = 0; i < 5; i++)
        {
            var answer = await client.AskAsync("/bad/too-much");
            Assert.Equal((200, "ok"), (answer.Status, answer.Body));
        }
    }

    [Fact]
    public async Task A_connection_that_is_not_made_in_time_ends_with_504()
    {
        using var full = await FullListener.StartAsync();
        await using var proxy = await FailureProxy.StartAsync(
            FailureProxy.Pool("full", full.Address) + "pools.full.connections.connect-timeout = 200ms");
        var answer = await proxy.AskAsync("/full/");
        Assert.Equal((504, "connection_timeout"), (answer.Status, answer.ProxyError));
    }

    private static async Task<Answer> ReadFinalAsync(HostileClient client)
    {
        while (true)
        {
            var answer = await client.ReadAnswerAsync();
            if (answer.Status >= 200) return answer;
        }
    }

    private static async Task Misbehave(RawConnection connection)
    {
        while (true)
        {
            var head = await connection.ReadHeadAsync();
            var path = head.Split(' ')[1]["/bad/".Length..];
            if (path == "resets")
            {
                connection.Reset();
                return;
            }

            await connection.SendAsync(AnswerTo(path));
            if (path.StartsWith("closes", StringComparison.Ordinal) || path.StartsWith("cut", StringComparison.Ordinal)) connection.Dispose();
            if (path.StartsWith("reset", StringComparison.Ordinal)) connection.Reset();
        }
    }

    private static string AnswerTo(string path) => path switch
    {
        "closes" or "silent" => "",
        "closes-inside-the-head" or "resets-inside-the-head" => "HTTP/1.1 200 OK\r\nContent-Le",
        "junk" => "220 smtp.example ESMTP\r\n\r\n",
        "two-lengths" => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        "unasked-101" => "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
        "large-head" => $"HTTP/1.1 200 OK\r\nX: {new string('x', 4096)}\r\n\r\n",
        "endless-head" => $"HTTP/1.1 200 OK\r\nX: {new string('x', 100_000)}",
        "head-of-4096-bytes" => HeadOf(4096),
        "21-fields" => $"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n{Repeat("X: x\r\n", 20)}\r\nok",
        "20-fields" => $"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n{Repeat("X: x\r\n", 19)}\r\nok",
        "4-interim" => Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 4) + Ok,
        "3-interim" => Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 3) + Ok,
        "only-interim" => "HTTP/1.1 103 Early Hints\r\n\r\n",
        "too-much" => Ok + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
        "cut-length" or "reset-length" or "stalls-length" => "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        "cut-chunked" or "reset-chunked" or "stalls-chunked" => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        "cut-chunk-size" => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n1",
        "reset-until-close" => "HTTP/1.1 200 OK\r\n\r\nhalf",
        "junk-chunk" => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nxyz\r\n",
        _ => Ok,
    };

    private static string HeadOf(int size)
    {
        const string Begin = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: ";
        return $"{Begin}{new string('x', size - Begin.Length - 4)}\r\n\r\nok";
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}

/// <summary>A listener whose backlog is full: connections to it are neither made nor refused.</summary>
internal sealed class FullListener : IDisposable
{
    private readonly Socket _listener = MisbehavingOrigin.Listen(backlog: 0);
    private readonly List<Socket> _fillers = [];

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndPoint!;

    public static async Task<FullListener> StartAsync()
    {
        var full = new FullListener();
        while (true)
        {
            var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            full._fillers.Add(filler);
            using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
            try
            {
                await filler.ConnectAsync(full.Address, deadline.Token);
            }
            catch (OperationCanceledException)
            {
                return full;
            }
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var filler in _fillers) filler.Dispose();
    }
}
