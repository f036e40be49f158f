using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Scp.Tests.EndToEnd.Lifecycle;

/// <summary>What scpd knows of a backend after kill -9.</summary>
public sealed class MemoryOfBackendsSpec : LifecycleSpec
{
    private SecondOrigin _second = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _second = await SecondOrigin.StartAsync();
    }

    public override async Task DisposeAsync()
    {
        await _second.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task A_backend_that_was_down_gets_no_request_until_a_probe_has_passed()
    {
        await using (var before = await StartAsync())
        {
            await before.UntilMetricAsync("scp_persistence_writes_total 1"); // three probes failed
            await before.KillAsync();
        }

        await using var after = await StartAsync();
        for (var i = 0; i < 20; i++) Assert.Equal("demo-1", (await WireClient.GetAsync(after.Listener())).Field("X-Demo-Origin"));
        Assert.Equal(0, _second.Requests);

        _second.IsWell = true;
        await AskUntilAsync(after, () => _second.Requests > 0);
        await after.UntilMetricAsync("scp_persistence_remembered 0"); // it is up: nothing is worth remembering
    }

    [Fact]
    public async Task A_backend_that_an_operator_drained_stays_drained_until_an_operator_says_otherwise()
    {
        _second.IsWell = true;
        await using (var before = await StartAsync())
        {
            await ChangeAsync(before, "state=draining");
            await before.UntilMetricAsync("scp_persistence_writes_total 1");
            await before.KillAsync();
        }

        await using var after = await StartAsync();
        for (var i = 0; i < 20; i++) Assert.Equal("demo-1", (await WireClient.GetAsync(after.Listener())).Field("X-Demo-Origin"));
        Assert.Equal(0, _second.Requests);

        await ChangeAsync(after, "state=ready");
        await AskUntilAsync(after, () => _second.Requests > 0);
    }

    private Task<ScpProcess> StartAsync() => StartAsync(
        $$"""
        scp.persistence { path = "{{Folder.File("state.db")}}", recovery-timeout = 10s } # however busy the machine is
        scp.pools.origin {
          backends = [{ name = first, address = "{{Origin.Authority}}" }, { name = second, address = "{{_second.Authority}}" }]
          load-balancing = round-robin
          health-check { type = http, path = "/probe", interval = 1s, fast-interval = 50ms, jitter = 0%, rise = 1, fall = 3 }
        }
        """, "-D", "scp.persistence.enabled=on");

    private static async Task ChangeAsync(ScpProcess proxy, string change)
    {
        using var client = new HttpClient();
        using var response = await client.PostAsync(new Uri(proxy.Admin, $"/pools/origin/backends/second?{change}"), null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task AskUntilAsync(ScpProcess proxy, Func<bool> condition)
    {
        var deadline = Environment.TickCount64 + 20_000;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < deadline, "It got no request.");
            Assert.Equal(200, (await WireClient.GetAsync(proxy.Listener())).Status);
            await Task.Delay(10);
        }
    }

    /// <summary>An origin that may tell its probes that it is not well, and counts what else it gets.</summary>
    private sealed class SecondOrigin : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private int _requests;

        private SecondOrigin(WebApplication app) => _app = app;

        public bool IsWell { get; set; }

        public int Requests => Volatile.Read(ref _requests);

        public string Authority { get; private set; } = "";

        public static async Task<SecondOrigin> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var origin = new SecondOrigin(builder.Build());
            origin._app.Urls.Add("http://127.0.0.1:0");
            origin._app.Run(origin.AnswerAsync);
            await origin._app.StartAsync();
            origin.Authority = new Uri(origin._app.Urls.Single()).Authority;
            return origin;
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private Task AnswerAsync(HttpContext context)
        {
            if (context.Request.Path == "/probe") context.Response.StatusCode = IsWell ? 204 : 503;
            else Interlocked.Increment(ref _requests);
            return Task.CompletedTask;
        }
    }
}
