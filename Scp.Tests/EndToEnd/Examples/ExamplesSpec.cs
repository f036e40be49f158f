using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using Scp.Host.Demo;
using Scp.Tests.EndToEnd.Lifecycle;
using Scp.Tests.EndToEnd.Support;
using Scp.Tests.Support;

namespace Scp.Tests.EndToEnd.Examples;

/// <summary>Every file of hocon/examples is started, with listeners and backends on ports of the test, and does what it says.</summary>
public sealed class ExamplesSpec : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private DemoOrigins _origins = null!;

    public async Task InitializeAsync() =>
        _origins = await DemoOrigins.StartAsync(new DemoSettings { Enabled = true, Origins = [.. Enumerable.Repeat(new IPEndPoint(IPAddress.Loopback, 0), 3)] });

    public async Task DisposeAsync()
    {
        await _origins.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void Every_example_is_run_by_a_test() => Assert.Equal(
        Directory.GetFiles(Repository.Path("hocon/examples"), "*.conf").Select(Path.GetFileName).Order(),
        typeof(ExamplesSpec).GetMethods().SelectMany(m => m.GetCustomAttributes<ExampleAttribute>()).Select(e => e.File).Order());

    [Fact]
    [Example("reverse-proxy.conf")]
    public async Task Requests_take_turns_between_two_web_servers()
    {
        await using var proxy = await StartAsync("reverse-proxy.conf", ("web", [0, 1]));

        var first = await proxy.GetAsync(listener: "public");
        var second = await proxy.GetAsync(listener: "public");

        Assert.Equal(["demo-1", "demo-2"], new[] { Origin(first), Origin(second) }.Order());
    }

    [Fact]
    [Example("virtual-hosts.conf")]
    public async Task Hosts_go_to_their_own_pools()
    {
        await using var proxy = await StartAsync("virtual-hosts.conf", ("shop", [0]), ("blog", [1]), ("tenants", [2]));

        Assert.Equal("demo-1", Origin(await proxy.GetAsync(host: "www.shop.example", listener: "public")));
        Assert.Equal("demo-2", Origin(await proxy.GetAsync(host: "blog.example", listener: "public")));
        var tenant = await proxy.GetAsync(host: "a.tenants.example", listener: "public");
        Assert.Equal("demo-3", Origin(tenant));
        Assert.Contains("Host: tenants.internal\n", tenant.Content);
        Assert.Equal(404, (await proxy.GetAsync(host: "tenants.example", listener: "public")).Status);
    }

    [Fact]
    [Example("rewrites-and-redirects.conf")]
    public async Task Paths_are_rewritten_and_clients_redirected()
    {
        await using var proxy = await StartAsync("rewrites-and-redirects.conf", ("api", [0]));

        Assert.Contains("GET /v2/users?x=1 HTTP/1.1\n", (await proxy.GetAsync("/api/users?x=1", listener: "public")).Content);
        Assert.Contains("GET /orders/by-user/7 HTTP/1.1\n", (await proxy.GetAsync("/users/7/orders", listener: "public")).Content);
        var moved = await proxy.GetAsync("/old/page?x=1", listener: "public");
        Assert.Equal((308, "/new/page?x=1"), (moved.Status, moved.Field("Location")));
        var away = await proxy.GetAsync("/away", listener: "public");
        Assert.Equal((302, "https://elsewhere.example/"), (away.Status, away.Field("Location")));
    }

    [Fact]
    [Example("canary.conf")]
    public async Task Those_who_ask_for_it_get_the_next_version()
    {
        await using var proxy = await StartAsync("canary.conf", ("current", [0]), ("next", [1]));

        Assert.Equal("demo-1", Origin(await proxy.GetAsync(listener: "public")));
        Assert.Equal("demo-2", Origin(await proxy.GetAsync(fields: "X-Canary: always\r\n", listener: "public")));
        Assert.Equal("demo-2", Origin(await proxy.GetAsync(fields: "Cookie: a=b; user=127\r\n", listener: "public")));
        Assert.Equal("demo-1", Origin(await proxy.GetAsync(fields: "Cookie: a=b; user=128\r\n", listener: "public")));
    }

    [Fact]
    [Example("retries.conf")]
    public async Task A_backend_that_is_away_costs_no_request_and_a_failure_of_all_passes()
    {
        await using var proxy = await RunningProxy.StartAsync(
            Repository.Path("hocon/examples/retries.conf"),
            [
                "scp.listeners.public.bind=127.0.0.1:0", "scp.access-log.enabled=off", "scp.drain.lame-duck=0s",
                $"scp.pools.web.backends=[{{ address = \"127.0.0.1:1\" }}, {{ address = \"{_origins.Addresses[0].Authority}\" }}]",
            ]);

        for (var i = 0; i < 10; i++) Assert.Equal("demo-1", Origin(await proxy.GetAsync(listener: "public")));
        await using var failing = await StartAsync("retries.conf", ("web", [0, 1]));
        Assert.Equal(503, (await failing.GetAsync("/status/503", listener: "public")).Status);
    }

    [Fact]
    [Example("consistent-hash.conf")]
    public async Task The_same_path_and_the_same_cart_go_to_the_same_backend()
    {
        await using var proxy = await StartAsync("consistent-hash.conf", ("caches", [0, 1]), ("carts", [1, 2]));

        var paths = new HashSet<string>();
        var carts = new HashSet<string>();
        for (var i = 0; i < 30; i++)
        {
            var page = Origin(await proxy.GetAsync($"/page/{i}", listener: "public"));
            var cart = Origin(await proxy.GetAsync("/cart/", fields: $"Cookie: cart={i}\r\n", listener: "public"));
            Assert.Equal(page, Origin(await proxy.GetAsync($"/page/{i}", listener: "public")));
            Assert.Equal(cart, Origin(await proxy.GetAsync($"/cart/items?n={i}", fields: $"Cookie: a=b; cart={i}\r\n", listener: "public")));
            paths.Add(page!);
            carts.Add(cart!);
        }

        Assert.Equal(["demo-1", "demo-2"], paths.Order());
        Assert.Equal(["demo-2", "demo-3"], carts.Order());
    }

    [Fact]
    [Example("websocket.conf")]
    public async Task WebSocket_frames_pass_in_both_directions()
    {
        await using var proxy = await StartAsync("websocket.conf", ("chat", [0]));
        using var client = await WireClient.ConnectAsync(proxy.Listener("public"));
        await client.SendAsync(
            "GET /ws HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        var response = await client.ReadAsync();
        await client.SendAsync("\x81\x82\0\0\0\0hi");

        Assert.Equal(101, response.Status);
        Assert.Equal("\x81\x02hi", await client.ReadUntilAsync("hi"));
    }

    [Fact]
    [Example("behind-load-balancer.conf")]
    public async Task The_client_is_whom_the_load_balancer_names_and_only_the_CDN_may_say_more()
    {
        await using var proxy = await StartAsync("behind-load-balancer.conf", ("web", [0]));

        var stranger = await BehindLoadBalancerAsync(proxy, "203.0.113.9");
        var cdn = await BehindLoadBalancerAsync(proxy, "192.0.2.5");

        Assert.Contains("X-Forwarded-For: 203.0.113.9\n", stranger.Content);
        Assert.Contains("X-Forwarded-For: 198.51.100.1, 192.0.2.5\n", cdn.Content);
        using var bare = await WireClient.ConnectAsync(proxy.Listener("public"));
        await bare.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
        await Assert.ThrowsAnyAsync<IOException>(bare.ReadAsync);
    }

    [Fact]
    [Example("unix-sockets.conf")]
    public async Task Listeners_and_backends_may_be_unix_sockets()
    {
        using var backend = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        backend.Bind(new UnixDomainSocketEndPoint(_folder.File("app.sock")));
        backend.Listen();
        _ = AnswerAsync(backend);
        await using var proxy = await RunningProxy.StartAsync(
            Repository.Path("hocon/examples/unix-sockets.conf"), "scp.listeners.public.bind=127.0.0.1:0", "scp.access-log.enabled=off",
            $"scp.listeners.local.bind=unix:{_folder.File("scp.sock")}",
            $"scp.pools.app.backends=[{{ address = \"unix:{_folder.File("app.sock")}\" }}]");

        using var client = await WireClient.ConnectAsync(new UnixDomainSocketEndPoint(_folder.File("scp.sock")));

        Assert.Equal("unix", (await client.ExchangeAsync()).Content);
        Assert.Equal("unix", (await proxy.GetAsync(listener: "public")).Content);
    }

    [Fact]
    [Example("strict-limits.conf")]
    public async Task Large_requests_are_refused_early()
    {
        await using var proxy = await StartAsync("strict-limits.conf", ("api", [0]));

        Assert.Equal(200, (await proxy.GetAsync("/v1/x", listener: "public")).Status);
        Assert.Equal(414, (await proxy.GetAsync("/v1/" + new string('x', 1024), listener: "public")).Status);
        Assert.Equal(431, (await proxy.GetAsync("/v1/x", fields: $"X: {new string('x', 2048)}\r\n", listener: "public")).Status);
        Assert.Equal(400, (await proxy.GetAsync("/v1/x", fields: "a_b: 1\r\n", listener: "public")).Status);
        using var client = await WireClient.ConnectAsync(proxy.Listener("public"));
        await client.SendAsync("POST /v1/x HTTP/1.1\r\nHost: test\r\nContent-Length: 16385\r\n\r\n");
        Assert.Equal(413, (await client.ReadAsync()).Status);
        using var patch = await WireClient.ConnectAsync(proxy.Listener("public"));
        await patch.SendAsync("PATCH /v1/x HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n");
        var refused = await patch.ReadAsync();
        Assert.Equal((405, "DELETE, GET, HEAD, POST, PUT"), (refused.Status, string.Join(", ", refused.Field("Allow")!.Split(", ").Order())));
    }

    [Fact]
    [Example("maintenance.conf")]
    public async Task Everybody_gets_the_page_and_the_load_balancer_its_health()
    {
        await using var proxy = await StartAsync("maintenance.conf");

        var page = await proxy.GetAsync("/any/thing", listener: "public");

        Assert.Equal((503, "3600", "no-store"), (page.Status, page.Field("Retry-After"), page.Field("Cache-Control")));
        Assert.Contains("Back soon", page.Content);
        Assert.Equal("ok", (await proxy.GetAsync("/health", listener: "public")).Content);
    }

    [Fact]
    [Example("several-listeners.conf")]
    public async Task A_route_belongs_to_some_of_the_listeners()
    {
        if (!Socket.OSSupportsIPv6) return;
        await using var proxy = await RunningProxy.StartAsync(Repository.Path("hocon/examples/several-listeners.conf"),
        [
            "scp.listeners.public-v4.bind=127.0.0.1:0", "scp.listeners.public-v6.bind=\"[::1]:0\"", "scp.listeners.internal.bind=127.0.0.1:0",
            "scp.access-log.enabled=off", Backends("web", [0]), Backends("admin", [1]),
        ]);

        Assert.Equal("demo-1", Origin(await proxy.GetAsync("/admin/x", listener: "public-v4")));
        Assert.Equal("demo-2", Origin(await proxy.GetAsync("/admin/x", listener: "internal")));
        Assert.Equal(AddressFamily.InterNetworkV6, proxy.EndPoint("public-v6").AddressFamily);
        using var v6 = await WireClient.ConnectAsync(proxy.EndPoint("public-v6"));
        Assert.Equal("demo-1", Origin(await v6.ExchangeAsync("/admin/x")));
    }

    [Fact]
    [Example("canary-weights.conf")]
    public async Task A_share_of_the_requests_gets_the_next_version_and_an_operator_changes_it()
    {
        await using var proxy = await RunningProxy.StartAsync(
            Repository.Path("hocon/examples/canary-weights.conf"), "scp.listeners.public.bind=127.0.0.1:0", "scp.access-log.enabled=off",
            $"""
            scp.pools.shop.backends=[
              {"{"} name = v1, address = "{_origins.Addresses[0].Authority}", weight = 95, labels.version = v1 {"}"}
              {"{"} name = v2, address = "{_origins.Addresses[1].Authority}", weight = 5, labels.version = v2 {"}"}]
            """);
        using var operations = new HttpClient { BaseAddress = proxy.Admin };

        Assert.Equal(5, await NextVersionsAsync(proxy, of: 100));
        Assert.Equal("demo-2", Origin(await proxy.GetAsync(fields: "X-Version: v2\r\n", listener: "public")));
        (await operations.PostAsync("/pools/shop/backends/v2?weight=0", null)).EnsureSuccessStatusCode();
        Assert.Equal(0, await NextVersionsAsync(proxy, of: 100));
    }

    [DnsmasqFact]
    [Example("dns.conf")]
    public async Task Backends_are_found_by_DNS()
    {
        await using var dns = await DnsServer.StartAsync(
            0, "--host-record=web.internal,127.0.0.1,60", "--host-record=one.internal,127.0.0.1,60",
            $"--srv-host=_http._tcp.api.internal,one.internal,{_origins.Addresses[1].Port},0,10");
        var resolvers = $"resolvers=[\"{dns.Address}\"]";

        await using var proxy = await RunningProxy.StartAsync(
            Repository.Path("hocon/examples/dns.conf"), "scp.listeners.public.bind=127.0.0.1:0", "scp.access-log.enabled=off",
            $"scp.pools.web.discovery.{resolvers}", $"scp.pools.api.discovery.{resolvers}",
            $"scp.pools.web.discovery.port={_origins.Addresses[0].Port}");

        Assert.Equal("demo-1", Origin(await proxy.GetAsync(listener: "public")));
        Assert.Equal("demo-2", Origin(await proxy.GetAsync("/api/x", listener: "public")));
    }

    [Fact]
    [Example("backup-tier.conf")]
    public async Task Backups_get_requests_when_the_first_tier_is_gone()
    {
        await using var proxy = await RunningProxy.StartAsync(
            Repository.Path("hocon/examples/backup-tier.conf"), "scp.listeners.public.bind=127.0.0.1:0", "scp.access-log.enabled=off",
            $"""
            scp.pools.shop.backends=[
              {"{"} name = near-1, address = "{_origins.Addresses[0].Authority}" {"}"}
              {"{"} name = near-2, address = "{_origins.Addresses[1].Authority}" {"}"}
              {"{"} name = far, address = "{_origins.Addresses[2].Authority}", priority = 1 {"}"}]
            """);
        using var operations = new HttpClient { BaseAddress = proxy.Admin };

        for (var i = 0; i < 10; i++) Assert.NotEqual("demo-3", Origin(await proxy.GetAsync(listener: "public")));
        foreach (var near in (string[])["near-1", "near-2"])
            (await operations.PostAsync($"/pools/shop/backends/{near}?state=maintenance", null)).EnsureSuccessStatusCode();

        for (var i = 0; i < 10; i++) Assert.Equal("demo-3", Origin(await proxy.GetAsync(listener: "public")));
    }

    [Fact]
    [Example("access-log-combined.conf")]
    public async Task The_access_log_is_a_file_in_the_combined_format()
    {
        var log = _folder.File("access.log");
        await using (var proxy = await RunningProxy.StartAsync(Repository.Path("hocon/examples/access-log-combined.conf"),
            "scp.listeners.public.bind=127.0.0.1:0", $"scp.access-log.path={log}", Backends("web", [0])))
        {
            await proxy.GetAsync("/page?x=1", fields: "User-Agent: test\r\nReferer: http://from/\r\n", listener: "public");
        }

        Assert.Matches("""^127\.0\.0\.1 - - \[[^]]+\] "GET /page\?x=1 HTTP/1\.1" 200 \d+ "http://from/" "test"\n$""", File.ReadAllText(log));
    }

    [Fact]
    [Example("overload.conf")]
    public async Task Requests_are_served_within_the_limits()
    {
        await using var proxy = await StartAsync("overload.conf", ("web", [0, 1]));

        foreach (var path in new[] { "/checkout/1", "/health", "/export/1", "/" })
            Assert.Equal(200, (await proxy.GetAsync(path, listener: "public")).Status);
    }

    [Fact]
    [Example("mirror.conf")]
    public async Task The_next_version_gets_a_share_of_the_requests_and_nobody_notices()
    {
        await using var proxy = await RunningProxy.StartAsync(
            Repository.Path("hocon/examples/mirror.conf"), "scp.listeners.public.bind=127.0.0.1:0", "scp.access-log.enabled=off",
            "scp.routes.all.mirror.share=100%", Backends("current", [0]), Backends("next", [1]));

        for (var i = 0; i < 5; i++) Assert.Equal("demo-1", Origin(await proxy.GetAsync(listener: "public")));

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        const string Copies = "scp_mirror_requests_total{pool=\"next\",route=\"all\",outcome=\"answered\"} 5\n";
        while (!(await WireClient.GetAsync(proxy.Admin, "/metrics", proxy.Admin.Authority, "")).Content.Contains(Copies, StringComparison.Ordinal))
            await Task.Delay(20, patience.Token);
    }

    [Fact]
    [Example("persistence.conf")]
    public async Task What_is_known_of_backends_is_kept_in_a_file_of_its_own()
    {
        var file = _folder.File("lib/scp/state.db");
        await using var proxy = await RunningProxy.StartAsync(Repository.Path("hocon/examples/persistence.conf"),
            "scp.listeners.public.bind=127.0.0.1:0", "scp.access-log.enabled=off", "scp.persistence.enabled=on", $"scp.persistence.path={file}",
            Backends("web", [0]));

        Assert.Equal("demo-1", Origin(await proxy.GetAsync(listener: "public")));
        await UntilSavingAsync(proxy);
        Assert.True(File.Exists(file));
    }

    [PostgreSqlFact]
    [Example("persistence-postgresql.conf")]
    public async Task What_is_known_of_backends_is_kept_in_PostgreSQL()
    {
        using var server = new PostgreSqlServer();
        await using var proxy = await RunningProxy.StartAsync(Repository.Path("hocon/examples/persistence-postgresql.conf"),
            "scp.listeners.public.bind=127.0.0.1:0", "scp.access-log.enabled=off", "scp.persistence.enabled=on",
            $"scp.persistence.connection-string=\"{server.NewDatabase()}\"", Backends("web", [0]));

        Assert.Equal("demo-1", Origin(await proxy.GetAsync(listener: "public")));
        await UntilSavingAsync(proxy);
    }

    [Fact]
    [Example("health.conf")]
    public async Task A_backend_that_is_away_is_left_out_and_one_that_answers_is_not()
    {
        var away = MisbehavingOrigin.Refusing();
        await using var proxy = await RunningProxy.StartAsync(Repository.Path("hocon/examples/health.conf"),
            "scp.listeners.public.bind=127.0.0.1:0", "scp.access-log.enabled=off", "scp.pools.web.health-check.interval=500ms",
            $"scp.pools.web.backends=[{{ address = \"{_origins.Addresses[0].Authority}\" }}, {{ address = \"{away}\", name = away }}]");
        using var client = new HttpClient();
        for (var metrics = ""; !metrics.Contains("backend=\"away\",result=\"failed\"} 3", StringComparison.Ordinal); await Task.Delay(20))
        {
            Assert.Equal("demo-1", Origin(await proxy.GetAsync(listener: "public")));
            metrics = await client.GetStringAsync(new Uri(proxy.Admin, "/metrics"));
            Assert.DoesNotContain($"backend=\"{_origins.Addresses[0].Authority}\",result=\"failed\"}} 1", metrics);
        }

        var pools = await client.GetStringAsync(new Uri(proxy.Admin, "/pools"));
        Assert.Contains("down", pools.Split('\n').Single(l => l.Contains("away", StringComparison.Ordinal)));
    }

    private static async Task UntilSavingAsync(RunningProxy proxy)
    {
        using var client = new HttpClient();
        var limit = Stopwatch.StartNew();
        while (!(await client.GetStringAsync(new Uri(proxy.Admin, "/metrics"))).Contains("\nscp_persistence_up 1\n", StringComparison.Ordinal))
        {
            Assert.True(limit.Elapsed < TimeSpan.FromSeconds(20), "The database was not opened.");
            await Task.Delay(20);
        }
    }

    private Task<RunningProxy> StartAsync(string example, params (string Name, int[] Origins)[] pools) => RunningProxy.StartAsync(
        Repository.Path($"hocon/examples/{example}"),
        ["scp.listeners.public.bind=127.0.0.1:0", "scp.access-log.enabled=off", "scp.drain.lame-duck=0s", .. pools.Select(p => Backends(p.Name, p.Origins))]);

    private string Backends(string pool, int[] origins) =>
        $"scp.pools.{pool}.backends=[{string.Join(',', origins.Select(o => $"{{ address = \"{_origins.Addresses[o].Authority}\" }}"))}]";

    private static async Task<WireResponse> BehindLoadBalancerAsync(RunningProxy proxy, string client)
    {
        using var connection = await WireClient.ConnectAsync(proxy.Listener("public"));
        await connection.SendAsync($"PROXY TCP4 {client} 198.51.100.200 4711 80\r\n");
        return await connection.ExchangeAsync(fields: "X-Forwarded-For: 198.51.100.1\r\n");
    }

    private static async Task<int> NextVersionsAsync(RunningProxy proxy, int of)
    {
        var count = 0;
        for (var i = 0; i < of; i++) count += Origin(await proxy.GetAsync(listener: "public")) == "demo-2" ? 1 : 0;
        return count;
    }

    private static string? Origin(WireResponse response) => response.Field("X-Demo-Origin");

    private static async Task AnswerAsync(Socket backend)
    {
        while (true)
        {
            Socket accepted;
            try
            {
                accepted = await backend.AcceptAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            using (accepted)
            {
                await accepted.ReceiveAsync(new byte[4096]);
                await accepted.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nunix"));
            }
        }
    }
}

/// <summary>The test runs this file of hocon/examples.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ExampleAttribute(string file) : Attribute
{
    public string File { get; } = file;
}
