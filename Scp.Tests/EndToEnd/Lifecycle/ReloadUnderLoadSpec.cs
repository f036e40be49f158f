using Scp.Tests.Support;

namespace Scp.Tests.EndToEnd.Lifecycle;

public class ReloadUnderLoadSpec : LifecycleSpec
{
    private static readonly string[] Mixed = [.. Enumerable.Repeat("/", 8), .. Enumerable.Repeat("/slow?seconds=0.3", 4)];

    [Fact]
    public async Task SIGHUP_changes_routes_pools_and_limits_without_a_failed_request_or_a_dropped_connection()
    {
        await using var proxy = await StartAsync();
        await using var load = new Workload(proxy.Listener(), Mixed);
        Eventually.Holds(() => load.Answered > 100);

        for (var version = 2; version <= 6; version++)
        {
            Folder.Write("scp.conf", Configuration($$"""
                scp {
                  routes.v{{version}} { path = "/version", respond { status = 200, body = "v{{version}}" } }
                  pools.other{{version}}.backends = [{ address = "{{Origin.Authority}}" }]
                  routes.all.pool = {{(version % 2 == 0 ? $"other{version}" : "origin")}}
                  limits.field-count = {{100 + version}}
                }
                """));
            proxy.Hangup();
            await proxy.UntilAsync($"Configuration {version} is in force");
            Assert.Equal($"v{version}", (await WireClient.GetAsync(proxy.Listener(), "/version")).Content);
            var before = load.Answered;
            Eventually.Holds(() => load.Answered > before + 50);
        }

        await load.StopAsync();
        Assert.Empty(load.Failures);
        Assert.Equal(0, load.Closed);
        Assert.Equal(["200"], load.Statuses.Keys);
        proxy.Terminate();
        Assert.Equal(0, await proxy.ExitAsync());
    }

    [Fact]
    public async Task A_change_of_the_file_or_of_an_included_one_reloads_and_a_bad_file_keeps_the_old_configuration_and_says_why()
    {
        Folder.Write("routes.conf", "scp.routes.v { path = \"/v\", respond { status = 200, body = one } }");
        await using var proxy = await StartAsync("include \"routes.conf\"");
        await using var load = new Workload(proxy.Listener(), Mixed);
        Assert.Equal("one", (await WireClient.GetAsync(proxy.Listener(), "/v")).Content);

        Folder.Replace("routes.conf", "scp.routes.v { path = \"/v\", respond { status = 200, body = two } }");
        await proxy.UntilAsync("Configuration 2 is in force (a file changed)");
        Assert.Equal("two", (await WireClient.GetAsync(proxy.Listener(), "/v")).Content);

        Folder.Replace("routes.conf", "scp.routes.v {\n  path = \"/v\"\n  pol = origin\n}");
        await proxy.UntilAsync("was not reloaded (a file changed); the old one stays in force.");
        await proxy.UntilAsync($"{Folder.File("routes.conf")}:3:3: scp.routes.v.pol: unknown key 'pol'; did you mean 'pool'?");
        Assert.Equal("two", (await WireClient.GetAsync(proxy.Listener(), "/v")).Content);

        Folder.Write("routes.conf", "scp.routes.v { path = \"/v\", respond { status = 200, body = three } }");
        await proxy.UntilAsync("Configuration 3 is in force");
        Assert.Equal("three", (await WireClient.GetAsync(proxy.Listener(), "/v")).Content);
        await load.StopAsync();
        Assert.Empty(load.Failures);
    }
}
