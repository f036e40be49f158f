using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Scp.Host;
using Scp.Host.Demo;

namespace Scp.Tests.Demo;

public sealed class DemoOriginsSpec : IAsyncLifetime
{
    private static readonly DemoSettings TwoOrigins = new()
    {
        Enabled = true,
        Origins = [new IPEndPoint(IPAddress.Loopback, 0), new IPEndPoint(IPAddress.Loopback, 0)],
    };

    private readonly HttpClient _client = new();
    private DemoOrigins _origins = null!;

    public async Task InitializeAsync()
    {
        _origins = await DemoOrigins.StartAsync(TwoOrigins);
        _client.BaseAddress = _origins.Addresses[0];
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _origins.DisposeAsync();
    }

    [Fact]
    public async Task Each_origin_says_which_it_is()
    {
        Assert.Contains("Hello from demo-1.", await _client.GetStringAsync("/"));
        Assert.Contains("Hello from demo-2.", await _client.GetStringAsync(new Uri(_origins.Addresses[1], "/any/path")));
    }

    [Fact]
    public async Task The_page_shows_the_request_as_it_arrived()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/a%2Fb?x=1") { Headers = { { "X-Forwarded-For", "192.0.2.7" } } };
        var page = await (await _client.SendAsync(request)).Content.ReadAsStringAsync();

        Assert.Contains("GET /a%2Fb?x=1 HTTP/1.1\n", page);
        Assert.Contains("X-Forwarded-For: 192.0.2.7\n", page);
    }

    [Fact]
    public async Task A_slow_page_takes_the_seconds_that_were_asked_for()
    {
        var watch = Stopwatch.StartNew();
        await _client.GetStringAsync("/slow?seconds=0.3");

        Assert.InRange(watch.Elapsed.TotalSeconds, 0.29, 10);
    }

    [Fact]
    public async Task A_stream_arrives_line_by_line_in_chunks()
    {
        using var response = await _client.GetAsync("/stream?lines=3&seconds=0.01", HttpCompletionOption.ResponseHeadersRead);

        Assert.True(response.Headers.TransferEncodingChunked);
        Assert.Equal("tick 1\ntick 2\ntick 3\n", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/status/204", HttpStatusCode.NoContent)]
    [InlineData("/status/503", HttpStatusCode.ServiceUnavailable)]
    public async Task A_status_page_has_that_status(string path, HttpStatusCode status) =>
        Assert.Equal(status, (await _client.GetAsync(path)).StatusCode);

    [Fact]
    public async Task Echo_sends_content_and_fields_back()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/echo") { Content = new StringContent("hello"), Headers = { { "X-Test", "1" } } };
        using var response = await _client.SendAsync(request);

        Assert.Equal("hello", await response.Content.ReadAsStringAsync());
        Assert.Equal("1", response.Headers.GetValues("X-Echo-X-Test").Single());
    }

    [Fact]
    public async Task Trailers_follow_the_content()
    {
        using var response = await _client.GetAsync("/trailers");

        Assert.Equal("A trailer follows.\n", await response.Content.ReadAsStringAsync());
        Assert.Equal("42", response.TrailingHeaders.GetValues("X-Demo-Checksum").Single());
        Assert.Contains("Hello", await _client.GetStringAsync("/"));
    }

    [Fact]
    public async Task The_websocket_page_echoes()
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(_origins.Addresses[0]) { Scheme = "ws", Path = "/ws" }.Uri, default);
        await socket.SendAsync("ping"u8.ToArray(), WebSocketMessageType.Text, true, default);
        var buffer = new byte[64];
        var received = await socket.ReceiveAsync(buffer, default);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);

        Assert.Equal("ping", Encoding.UTF8.GetString(buffer, 0, received.Count));
        Assert.Equal(HttpStatusCode.UpgradeRequired, (await _client.GetAsync("/ws")).StatusCode);
    }

    [Fact]
    public async Task They_stop_at_once_though_a_response_is_under_way()
    {
        using var response = await _client.GetAsync("/stream?lines=1000", HttpCompletionOption.ResponseHeadersRead);

        var watch = Stopwatch.StartNew();
        await _origins.DisposeAsync();

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"It took {watch.Elapsed}.");
    }

    [Fact]
    public async Task Switched_off_none_listens()
    {
        await using var off = await DemoOrigins.StartAsync(TwoOrigins with { Enabled = false });

        Assert.Empty(off.Addresses);
    }

    [Fact]
    public async Task When_one_address_is_taken_the_others_are_let_go()
    {
        var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var free = (IPEndPoint)probe.LocalEndpoint;
        probe.Stop();
        var taken = new IPEndPoint(IPAddress.Loopback, _origins.Addresses[0].Port);

        await Assert.ThrowsAsync<ListenFailedException>(() => DemoOrigins.StartAsync(TwoOrigins with { Origins = [free, taken] }));

        var again = new TcpListener(free);
        again.Start();
        again.Stop();
    }
}
