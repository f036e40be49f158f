namespace Scp.Tests.EndToEnd.Lifecycle;

/// <summary>scpd and its database: what the operator sees of it, and that requests see nothing.</summary>
public sealed class PersistenceSpec : LifecycleSpec
{
    private string Database => Folder.File("state.db");

    [Fact]
    public async Task A_second_proxy_in_the_same_folder_says_so_once_and_serves_without_memory()
    {
        await using var first = await StartWithMemoryAsync();
        await first.UntilMetricAsync("scp_persistence_up 1");
        await using var second = await StartWithMemoryAsync();

        await second.UntilAsync($"The health of backends is not saved: {Database}: another process uses this file");
        Assert.Equal(200, (await WireClient.GetAsync(second.Listener())).Status);
        first.Terminate();
        Assert.Equal(0, await first.ExitAsync());
        await second.UntilAsync($"The health of backends is saved again: {Database}");

        Assert.DoesNotContain("   at ", second.Errors);
        Assert.Equal(2, second.Errors.Split('\n').Count(l => l.Contains("The health of backends")));
    }

    [Fact]
    public async Task A_database_that_is_away_is_one_line_in_the_log_and_a_metric()
    {
        await using var proxy = await StartAsync(
            "scp.persistence { provider = postgresql, connection-string = \"Host=127.0.0.1;Port=1;Password=hush\", recovery-timeout = 100ms }",
            "-D", "scp.persistence.enabled=on");

        Assert.Equal(200, (await WireClient.GetAsync(proxy.Listener())).Status);
        await proxy.UntilMetricAsync("scp_persistence_up 0");
        await proxy.UntilMetricAsync("scp_persistence_failures_total 3"); // it goes on trying

        Assert.Equal(1, proxy.Errors.Split('\n').Count(l => l.Contains("The health of backends is not saved: PostgreSQL database")));
        Assert.DoesNotContain("   at ", proxy.Errors);
        Assert.DoesNotContain("hush", proxy.Errors);
        proxy.Terminate();
        Assert.Equal(0, await proxy.ExitAsync());
    }

    [Fact]
    public async Task A_file_that_is_garbage_costs_no_request_and_no_stack_trace()
    {
        File.WriteAllText(Database, "garbage");
        await using var proxy = await StartWithMemoryAsync();

        await proxy.UntilAsync($"{Database} is corrupt and was moved to {Database}.corrupt-");
        await proxy.UntilMetricAsync("scp_persistence_up 1");
        Assert.Equal(200, (await WireClient.GetAsync(proxy.Listener())).Status);
        Assert.DoesNotContain("   at ", proxy.Errors);
    }

    private Task<ScpProcess> StartWithMemoryAsync(string more = "") =>
        StartAsync($"scp.persistence.path = \"{Database}\"\n{more}", "-D", "scp.persistence.enabled=on");
}
