using System.Net;
using Scp.Host.Demo;
using Scp.Tests.Support;

namespace Scp.Tests.EndToEnd.Lifecycle;

/// <summary>A pool whose members a real DNS server names, while that server changes and fails.</summary>
public sealed class NameResolutionSpec : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private DemoOrigins _origins = null!;

    public async Task InitializeAsync() =>
        _origins = await DemoOrigins.StartAsync(new DemoSettings { Enabled = true, Origins = [.. Enumerable.Repeat(new IPEndPoint(IPAddress.Loopback, 0), 2)] });

    public async Task DisposeAsync()
    {
        await _origins.DisposeAsync();
        _folder.Dispose();
    }

    [DnsmasqFact]
    public async Task Requests_follow_the_name_and_stay_with_the_last_good_answer_while_it_is_gone()
    {
        var dns = await ServerAsync(port: 0, origin: 0);
        var port = dns.Port;
        await using var proxy = await StartAsync(port);
        Assert.Equal("demo-1", await OriginAsync(proxy));

        await dns.DisposeAsync();
        await UntilMetricAsync(proxy, "scp_pool_discovery_stale{pool=\"shop\"} 1\n");
        Assert.Equal("demo-1", await OriginAsync(proxy));
        Assert.Equal(HttpStatusCode.OK, (await AdminAsync(proxy, "/readyz")).StatusCode);

        await using var nameless = await DnsServer.StartAsync(port);
        await AdminText.UntilAsync(proxy, "/pools", "no such name");
        Assert.Equal("demo-1", await OriginAsync(proxy));
        await nameless.DisposeAsync();

        await using var moved = await ServerAsync(port, origin: 1);
        await UntilMetricAsync(proxy, "scp_pool_discovery_stale{pool=\"shop\"} 0\n");
        Assert.Equal("demo-2", await OriginAsync(proxy));
    }

    [DnsmasqFact]
    public async Task A_drain_of_a_backend_that_DNS_found_holds_through_a_restart()
    {
        await using var dns = await ServerAsync(port: 0, origin: 0);
        string[] persistence = ["scp.persistence.enabled=on", "scp.persistence.recovery-timeout=10s", $"scp.persistence.path={_folder.File("health.db")}"];
        await using (var proxy = await StartAsync(dns.Port, persistence))
        {
            using var client = new HttpClient();
            var backend = new Uri(proxy.Admin, $"/pools/shop/backends/{_origins.Addresses[0].Authority}?state=draining");
            (await client.PostAsync(backend, null)).EnsureSuccessStatusCode();
            await AdminText.UntilSavedAsync(proxy);
        }

        await using var again = await StartAsync(dns.Port, persistence);

        Assert.Equal(503, (await again.GetAsync()).Status);
    }

    [DnsmasqFact]
    public async Task A_proxy_starts_without_its_DNS_server_and_finds_the_members_later()
    {
        var probe = await DnsServer.StartAsync(0);
        await probe.DisposeAsync();
        await using var proxy = await StartAsync(probe.Port);
        Assert.Equal(503, (await proxy.GetAsync()).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await AdminAsync(proxy, "/readyz")).StatusCode);

        await using var dns = await ServerAsync(probe.Port, origin: 0);
        await UntilMetricAsync(proxy, "scp_pool_discovery_stale{pool=\"shop\"} 0\n");

        Assert.Equal("demo-1", await OriginAsync(proxy));
    }

    private Task<DnsServer> ServerAsync(int port, int origin) => DnsServer.StartAsync(
        port, "--host-record=one.internal,127.0.0.1,0", $"--srv-host=_http._tcp.shop.internal,one.internal,{_origins.Addresses[origin].Port},0,10");

    private Task<RunningProxy> StartAsync(int dns, params string[] definitions)
    {
        var file = _folder.Write("scp.conf", $$"""
            scp {
              listeners.main.bind = "127.0.0.1:0"
              pools.shop.discovery {
                type = srv
                name = "_http._tcp.shop.internal"
                family = ipv4
                resolvers = ["127.0.0.1:{{dns}}"]
                minimum-ttl = 100ms
                maximum-ttl = 200ms
                timeout = 1s
              }
              routes.all { path = "/*", pool = shop }
              access-log.enabled = off
            }
            """);
        return RunningProxy.StartAsync(file, definitions);
    }

    private static async Task<string?> OriginAsync(RunningProxy proxy) => (await proxy.GetAsync()).Field("X-Demo-Origin");

    private static Task UntilMetricAsync(RunningProxy proxy, string line) => AdminText.UntilAsync(proxy, "/metrics", line);

    private static async Task<HttpResponseMessage> AdminAsync(RunningProxy proxy, string path)
    {
        using var client = new HttpClient();
        return await client.GetAsync(new Uri(proxy.Admin, path));
    }
}
