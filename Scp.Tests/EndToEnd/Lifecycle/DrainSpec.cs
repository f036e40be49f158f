using System.Diagnostics;
using System.Net.Sockets;
using Scp.Tests.Support;

namespace Scp.Tests.EndToEnd.Lifecycle;

public class DrainSpec : LifecycleSpec
{
    private static readonly string[] Mixed = [.. Enumerable.Repeat("/", 12), .. Enumerable.Repeat("/slow?seconds=1", 6), "/stream?lines=6&seconds=0.2"];

    [Fact]
    public async Task SIGTERM_under_load_loses_no_request_and_ends_with_0()
    {
        await using var proxy = await StartAsync();
        await using var load = new Workload(proxy.Listener(), Mixed);
        Eventually.Holds(() => load.Answered > 300);

        proxy.Terminate();
        await load.EndAsync();

        Assert.Equal(0, await proxy.ExitAsync());
        Assert.Empty(load.Failures);
        Assert.Equal(Mixed.Length, load.Closed);
    }

    [Fact]
    public async Task Clients_with_a_connection_for_each_request_lose_none_that_was_accepted()
    {
        await using var proxy = await StartAsync("scp.drain.lame-duck = 300ms");
        var refused = 0;
        var lost = 0;
        var answered = 0;
        var clients = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                WireClient client;
                try
                {
                    client = await WireClient.ConnectAsync(proxy.Listener());
                }
                catch (SocketException)
                {
                    Interlocked.Increment(ref refused);
                    return;
                }

                using (client)
                {
                    try
                    {
                        await client.ExchangeAsync();
                        Interlocked.Increment(ref answered);
                    }
                    catch (IOException)
                    {
                        Interlocked.Increment(ref lost);
                    }
                }
            }
        })).ToArray();
        Eventually.Holds(() => Volatile.Read(ref answered) > 100);

        proxy.Terminate();
        await Task.WhenAll(clients);

        Assert.Equal(0, await proxy.ExitAsync());
        Assert.Equal(8, refused);
        Assert.InRange(lost, 0, 1); // between the last look at the kernel's queue and the close of the socket there is a moment
    }

    [Fact]
    public async Task A_connection_that_was_silent_so_far_gets_its_answer_within_close_idle_after()
    {
        await using var proxy = await StartAsync("scp.drain.close-idle-after = 10s");
        using var silent = await WireClient.ConnectAsync(proxy.Listener());
        Assert.Equal(200, (await WireClient.GetAsync(proxy.Listener())).Status); // so the silent one was accepted before

        proxy.Terminate();
        await proxy.UntilAsync("Stopping");
        await RefusesAsync(proxy.Listener());
        var response = await silent.ExchangeAsync();

        Assert.Equal(200, response.Status);
        Assert.True(response.Closes);
        Assert.Equal(0, await proxy.ExitAsync());
    }

    [Fact]
    public async Task Idle_connections_may_bring_a_request_until_close_idle_after_and_are_closed_then()
    {
        await using var proxy = await StartAsync("scp.drain.close-idle-after = 1s");
        using var late = await WireClient.ConnectAsync(proxy.Listener());
        using var idle = await WireClient.ConnectAsync(proxy.Listener());
        Assert.False((await late.ExchangeAsync()).Closes);
        Assert.False((await idle.ExchangeAsync()).Closes);

        proxy.Terminate();
        await proxy.UntilAsync("Stopping");
        await RefusesAsync(proxy.Listener());
        var response = await late.ExchangeAsync();
        await idle.EndsAsync();

        Assert.True(response.Closes);
        Assert.Equal(0, await proxy.ExitAsync());
    }

    [Fact]
    public async Task What_outlasts_the_hard_stop_is_cut_and_the_exit_code_is_4()
    {
        await using var proxy = await StartAsync("scp.drain { hard-stop = 1s, close-idle-after = 200ms }");
        using var client = await WireClient.ConnectAsync(proxy.Listener());
        await client.SendAsync("GET /stream?lines=100&seconds=0.1 HTTP/1.1\r\nHost: test\r\n\r\n");
        await client.ReadUntilAsync("tick 1\n");

        proxy.Terminate();
        var exit = proxy.ExitAsync();
        var cut = await Assert.ThrowsAnyAsync<IOException>(() => client.ReadUntilAsync("tick 100\n"));

        Assert.Equal(4, await exit);
        Assert.IsNotType<EndOfStreamException>(cut); // a reset, so that the client does not take the part for the whole
    }

    [Fact]
    public async Task A_second_signal_stops_at_once()
    {
        await using var proxy = await StartAsync();
        using var client = await WireClient.ConnectAsync(proxy.Listener());
        await client.SendAsync("GET /slow?seconds=60 HTTP/1.1\r\nHost: test\r\n\r\n");
        await UntilInFlightAsync(proxy);
        proxy.Terminate();
        await proxy.UntilAsync("Once more to stop at once.");
        var watch = Stopwatch.StartNew();

        proxy.Terminate();

        Assert.Equal(4, await proxy.ExitAsync());
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task In_the_lame_duck_time_readiness_fails_and_everything_else_goes_on()
    {
        await using var proxy = await StartAsync("scp.drain.lame-duck = 1m");
        Assert.Equal(200, (await WireClient.GetAsync(proxy.Admin, "/readyz", "localhost")).Status);

        proxy.Terminate();
        await proxy.UntilAsync("Stopping");
        var ready = await UntilAsync(proxy.Admin, "/readyz", 503);
        var response = await WireClient.GetAsync(proxy.Listener());

        Assert.Contains("draining", ready.Content);
        Assert.Equal(200, (await WireClient.GetAsync(proxy.Admin, "/healthz", "localhost")).Status);
        Assert.Equal(200, response.Status);
        Assert.False(response.Closes);
    }

    [Fact]
    public async Task POST_drain_drains_without_ending_the_process_and_SIGTERM_after_it_ends_it()
    {
        await using var proxy = await StartAsync("scp.drain.close-idle-after = 200ms");
        using var idle = await WireClient.ConnectAsync(proxy.Listener());
        Assert.False((await idle.ExchangeAsync()).Closes);

        Assert.Equal(202, await PostAsync(proxy.Admin, "/drain"));
        await idle.EndsAsync();
        await RefusesAsync(proxy.Listener());
        Assert.Equal(503, (await WireClient.GetAsync(proxy.Admin, "/readyz", "localhost")).Status);
        Assert.Equal(202, await PostAsync(proxy.Admin, "/drain"));
        Assert.True(proxy.IsRunning);
        proxy.Terminate();

        Assert.Equal(0, await proxy.ExitAsync());
    }

    [Fact]
    public async Task A_tunnel_may_last_until_the_hard_stop()
    {
        await using var proxy = await StartAsync("scp.drain { hard-stop = 1500ms, close-idle-after = 100ms }");
        using var tunnel = await WireClient.ConnectAsync(proxy.Listener());
        await tunnel.SendAsync(
            "GET /ws HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        Assert.Equal(101, (await tunnel.ReadAsync()).Status);

        proxy.Terminate();
        await proxy.UntilAsync("Stopping");
        await RefusesAsync(proxy.Listener());
        await tunnel.SendAsync("\x81\x82\0\0\0\0hi");

        Assert.EndsWith("hi", await tunnel.ReadUntilAsync("hi"));
        Assert.Equal(4, await proxy.ExitAsync());
    }

    internal static async Task<int> PostAsync(Uri address, string path)
    {
        using var client = await WireClient.ConnectAsync(address);
        await client.SendAsync($"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
        return (await client.ReadAsync()).Status;
    }

    private static async Task RefusesAsync(Uri listener) => await UntilAsync(async () =>
    {
        try
        {
            using var client = await WireClient.ConnectAsync(listener);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    });

    private static async Task<WireResponse> UntilAsync(Uri address, string path, int status)
    {
        WireResponse response = null!;
        await UntilAsync(async () => (response = await WireClient.GetAsync(address, path, "localhost")).Status == status);
        return response;
    }

    private static Task UntilInFlightAsync(ScpProcess proxy) => UntilAsync(async () =>
        (await WireClient.GetAsync(proxy.Admin, "/metrics", "localhost")).Content.Contains("_connections", StringComparison.Ordinal));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(15), "It did not happen within 15 seconds.");
            await Task.Delay(10);
        }
    }
}
