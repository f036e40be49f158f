using System.CommandLine;
using System.Net;
using Scp.Host.Cli;
using Scp.Host.Demo;

namespace Scp.Tests.EndToEnd.Lifecycle;

/// <summary>What an operator says of a backend, over the admin endpoint and the command line, and how long it holds.</summary>
public sealed class OperatorSpec : IAsyncLifetime
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

    [Fact]
    public async Task A_backend_in_maintenance_gets_no_request_until_it_is_ready_again()
    {
        await using var proxy = await StartAsync();
        Assert.Equal(["demo-1", "demo-2"], await OriginsAsync(proxy));

        var (code, output, _) = await ScpdAsync(proxy, "backend", "shop", "a/1", "--state", "maintenance");
        Assert.Equal(0, code);
        Assert.Matches("a/1 +up, maintenance ", output);
        Assert.Equal(["demo-2"], await OriginsAsync(proxy));

        await ScpdAsync(proxy, "backend", "shop", "a/1", "--state", "ready");
        Assert.Equal(["demo-1", "demo-2"], await OriginsAsync(proxy));
    }

    [Fact]
    public async Task A_weight_of_0_takes_a_backend_out_and_reset_gives_it_its_own_back()
    {
        await using var proxy = await StartAsync();

        await ScpdAsync(proxy, "backend", "shop", "a/1", "--weight", "0");
        Assert.Equal(["demo-2"], await OriginsAsync(proxy));

        await ScpdAsync(proxy, "backend", "shop", "a/1", "--weight", "reset");
        Assert.Equal(["demo-1", "demo-2"], await OriginsAsync(proxy));
    }

    [Fact]
    public async Task It_holds_through_a_reload_that_changes_the_pool()
    {
        await using var proxy = await StartAsync();
        await ScpdAsync(proxy, "backend", "shop", "a/1", "--state", "draining");

        Write("scp.pools.shop.connections.max-idle = 3");
        Assert.Empty((await proxy.ReloadAsync()).Errors);

        Assert.Equal(["demo-2"], await OriginsAsync(proxy));
    }

    [Fact]
    public async Task It_holds_through_a_restart()
    {
        string[] persistence = ["scp.persistence.enabled=on", "scp.persistence.recovery-timeout=10s", $"scp.persistence.path={_folder.File("health.db")}"];
        await using (var proxy = await StartAsync(persistence))
        {
            await ScpdAsync(proxy, "backend", "shop", "a/1", "--state", "draining", "--weight", "7");
            await AdminText.UntilSavedAsync(proxy);
        }

        await using var again = await StartAsync(persistence);

        Assert.Equal(["demo-2"], await OriginsAsync(again));
        Assert.Matches("a/1 +up, draining +7 ", (await ScpdAsync(again, "pools", "shop")).Output);
    }

    [Fact]
    public async Task The_command_line_shows_pools_and_says_what_is_wrong()
    {
        await using var proxy = await StartAsync();

        Assert.Contains("shop: ", (await ScpdAsync(proxy, "pools")).Output);
        Assert.Contains("\"pool\": \"shop\"", (await ScpdAsync(proxy, "pools", "--json")).Output);
        Assert.Matches("a/1 +up ", (await ScpdAsync(proxy, "backend", "shop", "a/1")).Output);
        Assert.Equal((2, "", "There is no pool named 'shp'; did you mean 'shop'?\n"), await ScpdAsync(proxy, "pools", "shp"));
        Assert.Equal(
            (2, "", "state must be ready, draining or maintenance, not 'off'.\n"), await ScpdAsync(proxy, "backend", "shop", "a/1", "--state", "off"));
    }

    [Fact]
    public async Task An_admin_endpoint_that_is_not_there_is_named()
    {
        var (code, _, errors) = await InvokeAsync("pools", "--admin", "http://127.0.0.1:1");

        Assert.Equal(1, code);
        Assert.StartsWith("The admin endpoint http://127.0.0.1:1/ cannot be reached: ", errors);
        Assert.Equal(2, (await InvokeAsync("pools", "--admin", "127.0.0.1:1")).Code);
    }

    private Task<RunningProxy> StartAsync(params string[] definitions)
    {
        Write("");
        return RunningProxy.StartAsync(_folder.File("scp.conf"), definitions);
    }

    private void Write(string more) => _folder.Write("scp.conf", $$"""
        scp {
          listeners.main.bind = "127.0.0.1:0"
          pools.shop {
            backends = [
              { name = "a/1", address = "{{_origins.Addresses[0].Authority}}" }
              { name = b, address = "{{_origins.Addresses[1].Authority}}" }
            ]
          }
          routes.all { path = "/*", pool = shop }
          access-log.enabled = off
        }
        {{more}}
        """);

    /// <summary>Who answers, over enough requests that everybody who may has a turn.</summary>
    private static async Task<IEnumerable<string?>> OriginsAsync(RunningProxy proxy)
    {
        var seen = new SortedSet<string?>(StringComparer.Ordinal);
        for (var i = 0; i < 40; i++) seen.Add((await proxy.GetAsync()).Field("X-Demo-Origin"));
        return seen;
    }

    private static Task<(int Code, string Output, string Errors)> ScpdAsync(RunningProxy proxy, params string[] arguments) =>
        InvokeAsync([.. arguments, "--admin", proxy.Admin.ToString()]);

    private static async Task<(int Code, string Output, string Errors)> InvokeAsync(params string[] arguments)
    {
        var (output, errors) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var code = await Commands.InvokeAsync(arguments, new InvocationConfiguration { Output = output, Error = errors });
        return (code, output.ToString(), errors.ToString());
    }
}
