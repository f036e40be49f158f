using System.Net.Sockets;
using System.Text.Json;

namespace Scp.Tests.EndToEnd.Lifecycle;

public class ReloadSpec : LifecycleSpec
{
    [Fact]
    public async Task A_new_listener_is_opened_and_a_removed_one_finishes_what_is_under_way()
    {
        await using var proxy = await StartHereAsync("scp.listeners.old.bind = \"127.0.0.1:0\"\nscp.drain.close-idle-after = 100ms");
        var old = proxy.Listener("old");
        using var slow = await WireClient.ConnectAsync(old);
        await slow.SendAsync("GET /slow?seconds=1 HTTP/1.1\r\nHost: test\r\n\r\n");
        using var idle = await WireClient.ConnectAsync(old);
        Assert.False((await idle.ExchangeAsync()).Closes);

        Write("scp.listeners.new.bind = \"127.0.0.1:0\"\nscp.drain.close-idle-after = 100ms");
        Assert.Empty((await proxy.ReloadAsync()).Errors);

        Assert.Equal(["main", "new"], proxy.ListenerNames);
        Assert.Equal(200, (await proxy.GetAsync(listener: "new")).Status);
        var response = await slow.ReadAsync();
        Assert.Equal(200, response.Status);
        Assert.True(response.Closes);
        await idle.EndsAsync();
        await Assert.ThrowsAsync<SocketException>(() => WireClient.ConnectAsync(old));
    }

    [Fact]
    public async Task A_listener_that_comes_back_while_its_former_self_drains_is_opened_beside_it()
    {
        const string Second = "scp.listeners.\"a b/c\".bind = \"127.0.0.1:0\"";
        await using var proxy = await StartHereAsync(Second);
        using var slow = await WireClient.ConnectAsync(proxy.Listener("a b/c"));
        await slow.SendAsync("GET /slow?seconds=1 HTTP/1.1\r\nHost: test\r\n\r\n");

        for (var i = 0; i < 3; i++)
        {
            Write("");
            Assert.Empty((await proxy.ReloadAsync()).Errors);
            Write(Second);
            var reloaded = await proxy.ReloadAsync();
            Assert.Empty(reloaded.Errors);
            Assert.Empty(reloaded.NotOpened);
            Assert.Equal(200, (await proxy.GetAsync(listener: "a b/c")).Status);
        }

        Assert.Equal(200, (await slow.ReadAsync()).Status);
    }

    [Fact]
    public async Task A_pool_and_a_backend_that_come_and_go_do_not_disturb_each_other()
    {
        await using var proxy = await StartHereAsync();
        for (var i = 0; i < 10; i++)
        {
            var name = i % 2 == 0 ? "second" : "third";
            Write($"scp.pools.origin.backends = [{{ name = \"{name}\", address = \"{Origin.Authority}\" }}]\nscp.pools.\"{name}\".backends = [{{ address = \"{Origin.Authority}\" }}]");
            Assert.Empty((await proxy.ReloadAsync()).Errors);
            Assert.Equal(200, (await proxy.GetAsync()).Status);
        }
    }

    [Fact]
    public async Task An_exchange_under_way_keeps_the_route_and_the_limits_it_began_with()
    {
        await using var proxy = await StartHereAsync();
        using var client = await WireClient.ConnectAsync(proxy.Listener());
        await client.SendAsync("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\nhello");
        await client.ReadUntilAsync("hello");

        Folder.Write("scp.conf", Configuration("scp { limits.request-content = 1B, limits.discarded-content = 1B, timeouts.request-content-idle = 1ms }")
            .Replace("pool = origin }", "respond.status = 410 }", StringComparison.Ordinal));
        Assert.Empty((await proxy.ReloadAsync()).Errors);
        await client.SendAsync("world");

        Assert.EndsWith("world", await client.ReadUntilAsync("world"));
        Assert.Equal(410, (await client.ExchangeAsync()).Status);
    }

    [Fact]
    public async Task A_backend_that_is_removed_finishes_its_exchange_and_its_connection_is_not_used_again()
    {
        await using var proxy = await StartHereAsync();
        using var client = await WireClient.ConnectAsync(proxy.Listener());
        await client.SendAsync("GET /stream?lines=4&seconds=0.2 HTTP/1.1\r\nHost: test\r\n\r\n");
        await client.ReadUntilAsync("tick 1\n");

        Write("scp.pools.origin.backends = [{ name = nobody, address = \"127.0.0.1:1\" }]");
        Assert.Empty((await proxy.ReloadAsync()).Errors);

        await client.ReadUntilAsync("tick 4\n\r\n0\r\n\r\n");
        Assert.Equal(502, (await client.ExchangeAsync()).Status);
    }

    [Fact]
    public async Task Keys_that_need_a_restart_are_reported_and_only_those()
    {
        await using var proxy = await StartHereAsync();

        Write("""
            scp.listeners.main { bind = "127.0.0.1:9", max-connections = 7, backlog = 9 }
            scp.access-log.format = combined
            scp.demo.origins = ["127.0.0.1:9"]
            scp.limits.request-line = 1KiB
            akka.loglevel = DEBUG
            """);
        var reloaded = await proxy.ReloadAsync();

        Assert.Empty(reloaded.Errors);
        Assert.Equal(
            ["akka", "scp.access-log.format", "scp.demo.origins", "scp.listeners.main.bind", "scp.listeners.main.backlog"], reloaded.NeedsRestart);
    }

    [Fact]
    public async Task A_listener_that_cannot_be_opened_by_a_reload_is_reported_makes_the_proxy_unready_and_is_tried_again()
    {
        await using var proxy = await StartHereAsync();
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        Write($"scp.listeners.second.bind = \"{taken.LocalEndpoint}\"");

        var body = JsonDocument.Parse((await PostReloadAsync(proxy)).Content).RootElement;
        Assert.True(body.GetProperty("reloaded").GetBoolean());
        Assert.Equal(
            [$"Listener second could not be opened on {taken.LocalEndpoint}: the port is in use by another process."],
            body.GetProperty("warnings").EnumerateArray().Select(w => w.GetString()));
        Assert.Equal(503, (await WireClient.GetAsync(proxy.Admin, "/readyz", "localhost")).Status);
        Assert.Equal(200, (await proxy.GetAsync()).Status);

        taken.Stop();
        Assert.Empty((await proxy.ReloadAsync()).NotOpened);
        Assert.Equal(200, (await proxy.GetAsync(listener: "second")).Status);
        Assert.Equal(200, (await WireClient.GetAsync(proxy.Admin, "/readyz", "localhost")).Status);
    }

    [Fact]
    public async Task The_admin_endpoint_shows_the_configuration_in_force_and_refuses_a_bad_one_with_its_errors()
    {
        await using var proxy = await StartHereAsync();
        Write("scp.limits.field-count = 42");
        Assert.Equal(200, (await PostReloadAsync(proxy)).Status);
        Assert.Contains("field-count = 42", (await WireClient.GetAsync(proxy.Admin, "/config", "localhost")).Content);

        var file = Write("scp.limits.field-count = many");
        var refused = await PostReloadAsync(proxy);

        Assert.Equal(422, refused.Status);
        Assert.Contains($"{file}:7:26: scp.limits.field-count", refused.Content);
        Assert.Contains("field-count = 42", (await WireClient.GetAsync(proxy.Admin, "/config", "localhost")).Content);
    }

    [Fact]
    public async Task Health_readiness_and_metrics_are_there_and_count_what_passes()
    {
        await using var proxy = await StartHereAsync();
        Assert.Equal(200, (await proxy.GetAsync()).Status);

        Assert.Equal(200, (await WireClient.GetAsync(proxy.Admin, "/healthz", "localhost")).Status);
        Assert.Equal(200, (await WireClient.GetAsync(proxy.Admin, "/readyz", "localhost")).Status);
        var metrics = (await WireClient.GetAsync(proxy.Admin, "/metrics", "localhost")).Content;
        Assert.Matches("scp_requests_total\\{[^}]*route=\"all\"[^}]*\\} 1\n", metrics);
    }

    [Fact]
    public async Task Trace_context_of_a_client_is_passed_on()
    {
        const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        await using var proxy = await StartHereAsync();

        var seen = await proxy.GetAsync(fields: $"traceparent: {Parent}\r\ntracestate: vendor=1\r\n");

        Assert.Contains($"traceparent: {Parent}\n", seen.Content, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("tracestate: vendor=1\n", seen.Content, StringComparison.OrdinalIgnoreCase);
    }

    private string Write(string more) => Folder.Write("scp.conf", Configuration(more));

    private Task<RunningProxy> StartHereAsync(string more = "") => RunningProxy.StartAsync(Write(more));

    private static async Task<WireResponse> PostReloadAsync(RunningProxy proxy)
    {
        using var client = await WireClient.ConnectAsync(proxy.Admin);
        await client.SendAsync("POST /reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
        return await client.ReadAsync();
    }
}
