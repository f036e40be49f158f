using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Scp.Host.Admin;
using Scp.Host.Explain;
using Scp.Streams.Telemetry;
using Scp.Tests.Support;

namespace Scp.Tests.Admin;

public sealed class AdminServerSpec : IAsyncLifetime
{
    private static readonly AdminSettings Loopback = new() { Enabled = true, Bind = new IPEndPoint(IPAddress.Loopback, 0), ReadyWhen = ReadinessRule.AllPools };

    private readonly ConcurrentQueue<string> _warnings = new();
    private readonly HttpClient _client = new();
    private ReadinessReport _readiness = new([]);
    private ReloadReport _reload = new([], []);
    private int _reloads;
    private int _drains;
    private AdminServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await AdminServer.StartAsync(Loopback, Operations(), _warnings.Enqueue);
        _client.BaseAddress = _server.Address;
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_index_names_every_endpoint()
    {
        var index = await _client.GetStringAsync("/");

        foreach (var endpoint in (string[])["/healthz", "/readyz", "/metrics", "/config", "/explain", "/pools", "/reload", "/drain"]) Assert.Contains(endpoint, index);
    }

    [Fact]
    public async Task The_process_is_healthy_even_when_it_is_not_ready()
    {
        _readiness = new ReadinessReport(["no"]);

        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync("/healthz")).StatusCode);
    }

    [Fact]
    public async Task Readiness_says_why_not()
    {
        using var ready = await _client.GetAsync("/readyz");
        _readiness = ReadinessReport.Of([("public", true), ("late", false)], isDraining: true, [("carts", 0), ("shop", 1)]);
        using var notReady = await _client.GetAsync("/readyz");

        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, notReady.StatusCode);
        using var body = JsonDocument.Parse(await notReady.Content.ReadAsStringAsync());
        Assert.False(body.RootElement.GetProperty("ready").GetBoolean());
        Assert.Equal(
            ["The proxy is draining.", "Listener late is not bound.", "Pool carts has no backend that may take requests."],
            body.RootElement.GetProperty("reasons").EnumerateArray().Select(r => r.GetString()));
    }

    [Fact]
    public async Task Metrics_are_prometheus_text()
    {
        using var response = await _client.GetAsync("/metrics");

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Contains("scp_build_info{version=\"1.2.3\"} 1\n", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_configuration_is_shown_to_this_machine() => Assert.Equal("scp { }", await _client.GetStringAsync("/config"));

    [Fact]
    public async Task A_request_is_explained_as_text_and_as_json()
    {
        const string query = "/explain?method=PUT&url=http%3A%2F%2Fshop.example%2Fcart%3Fa%3D1&header=X-A%3A%201&seed=3";
        using var accept = new HttpRequestMessage(HttpMethod.Get, query);
        accept.Headers.Add("Accept", "application/json");
        using var negotiated = await _client.SendAsync(accept);

        Assert.StartsWith("PUT /cart?a=1 for shop.example on listener main\n  forwarded to 10.0.0.1:80 of the pool origin\n", await _client.GetStringAsync(query));
        foreach (var json in (string[])[await _client.GetStringAsync(query + "&format=json"), await negotiated.Content.ReadAsStringAsync()])
        {
            using var trace = JsonDocument.Parse(json);
            Assert.Equal("10.0.0.1:80", trace.RootElement.GetProperty("forward").GetProperty("backend").GetString());
            Assert.Equal(3, trace.RootElement.GetProperty("pick").GetProperty("seed").GetInt32());
        }
    }

    [Theory]
    [InlineData("", "url is missing: ")]
    [InlineData("?url=/cart", "'/cart' has no host: ")]
    [InlineData("?url=http://a/&seed=-1", "seed is '-1', which is no whole number ")]
    [InlineData("?uri=http://a/", "there is no parameter 'uri'; ")]
    [InlineData("?url=http://a/&listener=x", "there is no listener 'x'; there is main")]
    public async Task What_cannot_be_explained_is_400_with_what_is_wrong(string query, string message)
    {
        using var response = await _client.GetAsync("/explain" + query);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith(message, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_reload_that_is_refused_tells_all_the_errors()
    {
        _reload = new ReloadReport(["scp.conf:3:5: unknown key", "scp.conf:9:1: no such pool"], []);

        using var response = await _client.PostAsync("/reload", null);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(_reload.Errors, body.RootElement.GetProperty("errors").EnumerateArray().Select(e => e.GetString()!));
    }

    [Fact]
    public async Task Reload_and_drain_are_done_for_a_program_on_this_machine()
    {
        Assert.Equal(HttpStatusCode.OK, (await _client.PostAsync("/reload", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await _client.PostAsync("/drain", null)).StatusCode);
        Assert.Equal((1, 1), (_reloads, _drains));
    }

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("Host", "127.0.0.1.evil.example")]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Via", "1.1 scp")]
    [InlineData("X-Forwarded-For", "203.0.113.9")]
    public async Task A_web_page_a_rebound_name_or_a_proxied_request_changes_and_reads_nothing(string field, string value)
    {
        foreach (var (method, path) in (ReadOnlySpan<(HttpMethod, string)>)[(HttpMethod.Post, "/reload"), (HttpMethod.Post, "/drain"), (HttpMethod.Get, "/config"), (HttpMethod.Get, "/pools"), (HttpMethod.Post, "/pools/a/backends/b?state=draining")])
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.TryAddWithoutValidation(field, value);
            using var response = _client.Send(request);

            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }

        Assert.Equal((0, 0), (_reloads, _drains));
        await Task.CompletedTask;
    }

    [Theory]
    [InlineData("localhost:1234")]
    [InlineData("[::1]")]
    [InlineData("127.0.0.1")]
    public async Task Every_name_of_this_machine_is_taken(string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/config") { Headers = { Host = host } };

        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task A_get_neither_reloads_nor_drains()
    {
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _client.GetAsync("/reload")).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _client.GetAsync("/drain")).StatusCode);
    }

    [Fact]
    public async Task An_operation_that_throws_is_a_500_and_a_warning_and_the_next_call_works()
    {
        _readiness = null!;

        using var response = await _client.GetAsync("/readyz");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("/readyz failed", Assert.Single(_warnings));
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync("/healthz")).StatusCode);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_a_warning_and_not_the_end()
    {
        var taken = Loopback with { Bind = new IPEndPoint(IPAddress.Loopback, _server.Address!.Port) };

        await using var second = await AdminServer.StartAsync(taken, Operations(), _warnings.Enqueue);

        Assert.Null(second.Address);
        Assert.Contains("scp.admin.bind", Assert.Single(_warnings));
    }

    [Fact]
    public async Task Switched_off_it_does_not_listen()
    {
        await using var off = await AdminServer.StartAsync(Loopback with { Enabled = false }, Operations(), _warnings.Enqueue);

        Assert.Null(off.Address);
    }

    [Fact]
    public async Task It_stops_at_once_though_a_client_keeps_its_connection()
    {
        await _client.GetStringAsync("/healthz");

        var watch = Stopwatch.StartNew();
        await _server.DisposeAsync();

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(3), $"It took {watch.Elapsed}.");
    }

    private AdminOperations Operations() => new()
    {
        Readiness = () => _readiness,
        Metrics = () => ProcessMetrics.Families("1.2.3"),
        Configuration = () => "scp { }",
        Explain = () => Explainer.Offline(TestConfiguration.Read("10.0.0.1:80"), TimeProvider.System),
        Pools = () => new PoolsReport([]),
        Administer = (_, _) => throw new InvalidOperationException("not in this test"),
        Reload = _ =>
        {
            Interlocked.Increment(ref _reloads);
            return Task.FromResult(_reload);
        },
        Drain = () => Interlocked.Increment(ref _drains),
    };
}
