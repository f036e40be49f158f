using System.Runtime.Versioning;
using Scp.Tests.Support;

namespace Scp.Tests.EndToEnd.Lifecycle;

public class AccessLogSpec : LifecycleSpec
{
    [Fact]
    public async Task SIGHUP_opens_the_access_log_anew_and_no_line_is_lost()
    {
        await using var proxy = await StartAsync();
        Assert.Equal(200, (await WireClient.GetAsync(proxy.Listener(), "/first")).Status);
        Eventually.Holds(() => Lines("access.log") == 1);

        File.Move(Folder.File("access.log"), Folder.File("access.log.1"));
        proxy.Hangup();
        await proxy.UntilAsync("Configuration 2 is in force");
        Assert.Equal(200, (await WireClient.GetAsync(proxy.Listener(), "/second")).Status);
        Eventually.Holds(() => Lines("access.log") == 1);

        Assert.Equal(1, Lines("access.log.1"));
        Assert.Contains("/second", File.ReadAllText(Folder.File("access.log")));
        proxy.Terminate();
        Assert.Equal(0, await proxy.ExitAsync());
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task A_full_disk_does_not_stop_traffic_and_the_lost_lines_are_counted()
    {
        if (!File.Exists("/dev/full")) return; // Linux only
        await using var proxy = await StartAsync("scp.access-log.path = \"/dev/full\"");

        for (var i = 0; i < 20; i++) Assert.Equal(200, (await WireClient.GetAsync(proxy.Listener())).Status);
        await proxy.UntilAsync("/dev/full cannot be written"); // the banner's warnings name the file too
        var metrics = (await WireClient.GetAsync(proxy.Admin, "/metrics", "localhost")).Content;

        Assert.Matches("scp_access_log_dropped_total [1-9]", metrics);
        proxy.Terminate();
        Assert.Equal(0, await proxy.ExitAsync());
    }

    [Fact]
    public async Task The_lines_of_the_last_exchanges_are_written_before_the_process_ends()
    {
        await using var proxy = await StartAsync();
        await using var load = new Workload(proxy.Listener(), Enumerable.Repeat("/", 4));
        Eventually.Holds(() => load.Answered > 200);

        proxy.Terminate();
        await load.EndAsync();
        Assert.Equal(0, await proxy.ExitAsync());

        Assert.Equal(load.Answered, Lines("access.log"));
    }

    private int Lines(string name) => File.Exists(Folder.File(name)) ? File.ReadAllText(Folder.File(name)).Count(c => c == '\n') : 0;
}
