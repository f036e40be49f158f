using System.Net;
using System.Net.Sockets;

namespace Scp.Tests.EndToEnd.Lifecycle;

public class StartSpec : LifecycleSpec
{
    [Fact]
    public async Task Without_a_configuration_the_demo_runs_and_its_two_origins_take_turns()
    {
        var (first, second, public_) = (FreePort(), FreePort(), FreePort());
        await using var proxy = ScpProcess.Start(
            "-D", $"scp.listeners.main.bind=127.0.0.1:{public_}", "-D", "scp.admin.bind=127.0.0.1:0",
            "-D", $"scp.demo.origins=[\"127.0.0.1:{first}\", \"127.0.0.1:{second}\"]",
            "-D", $"scp.pools.demo.backends=[{{ address = \"127.0.0.1:{first}\" }}, {{ address = \"127.0.0.1:{second}\" }}]");
        await proxy.UntilBannerAsync();

        Assert.StartsWith("SCP ", proxy.Output);
        Assert.Contains($"  listeners  main  http://127.0.0.1:{public_}/\n", proxy.Output);
        Assert.Contains("  routes     all  * /* -> pool demo\n", proxy.Output);
        var origins = new HashSet<string?>();
        for (var i = 0; i < 2; i++) origins.Add((await WireClient.GetAsync(proxy.Listener())).Field("X-Demo-Origin"));
        Assert.Equal(["demo-1", "demo-2"], origins.Order());
        proxy.Terminate();
        Assert.Equal(0, await proxy.ExitAsync());
    }

    [Fact]
    public async Task A_port_in_use_is_one_error_at_the_place_of_the_address_and_exit_code_3()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var file = Folder.Write("scp.conf", $$"""
            scp.listeners.main {
              bind = "{{taken.LocalEndpoint}}"
            }
            scp.drain.lame-duck = 1h
            """);
        await using var proxy = ScpProcess.Start("run", "--config", file, "-D", "scp.admin.bind=127.0.0.1:0");

        Assert.Equal(3, await proxy.ExitAsync());
        Assert.Equal(
            $"""
            {file}:2:10: scp.listeners.main.bind: cannot listen on {taken.LocalEndpoint}: the port is in use by another process
                2 |   bind = "{taken.LocalEndpoint}"
                  |          ^

            """, proxy.Errors);
        Assert.Equal("", proxy.Output);
    }

    [Fact]
    public async Task A_demo_port_in_use_is_named_too()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var file = Folder.Write("scp.conf", $$"""
            scp.listeners.main.bind = "127.0.0.1:0"
            scp.demo { enabled = on, origins = ["{{taken.LocalEndpoint}}"] }
            """);
        await using var proxy = ScpProcess.Start("run", "--config", file);

        Assert.Equal(3, await proxy.ExitAsync());
        Assert.StartsWith($"{file}:2:36: scp.demo.origins: cannot listen on {taken.LocalEndpoint}: the port is in use by another process\n", proxy.Errors);
    }

    [Fact]
    public async Task An_admin_port_in_use_is_a_warning_and_the_proxy_runs()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await using var proxy = await StartAsync("", "-D", $"scp.admin.bind={taken.LocalEndpoint}");

        Assert.Equal(200, (await WireClient.GetAsync(proxy.Listener())).Status);
        Assert.Contains($"The admin endpoint cannot listen on {taken.LocalEndpoint} (scp.admin.bind)", proxy.Errors);
    }

    [Fact]
    public async Task Environment_variables_go_over_the_file_and_definitions_over_both()
    {
        var file = Folder.Write("scp.conf", Configuration("scp.limits { field-count = 7, interim-responses = 7 }"));
        await using var print = ScpProcess.Start(
            new Dictionary<string, string> { ["SCP_LIMITS_FIELD_COUNT"] = "8", ["SCP_LIMITS_INTERIM_RESPONSES"] = "8" },
            "print-config", "--config", file, "--origin", "-D", "scp.limits.interim-responses=9");

        Assert.Equal(0, await print.ExitAsync());
        Assert.Contains("field-count = 8  # $SCP_LIMITS_FIELD_COUNT:1\n", print.Output);
        Assert.Contains("interim-responses = 9  # -D scp.limits.interim-responses:1\n", print.Output);
        Assert.Contains("request-line = 8KiB  # reference.conf:", print.Output);
    }

    internal static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
