using Scp.Tests.EndToEnd.Support;
using Scp.Tests.Support;

namespace Scp.Tests.EndToEnd;

/// <summary>Limits of connections rather than of messages: how many requests, how many connections, how long upstream ones are kept.</summary>
public sealed class LimitsSpec
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public async Task The_last_request_that_a_connection_may_have_is_answered_with_close()
    {
        await using var proxy = await FailureProxy.StartAsync("limits.requests-per-connection = 3");
        using var client = await proxy.ConnectAsync();
        Assert.Null((await client.AskAsync("/local")).Field("Connection"));
        Assert.Null((await client.AskAsync("/local")).Field("Connection"));
        Assert.Equal("close", (await client.AskAsync("/local")).Field("Connection"));
        Assert.Equal(("", Ending.Fin), await client.ReadToEndAsync());
    }

    [Fact]
    public async Task One_connection_over_max_connections_waits_until_another_closes()
    {
        await using var proxy = await FailureProxy.StartAsync("listeners.main.max-connections = 2");
        using var one = await proxy.ConnectAsync();
        using var two = await proxy.ConnectAsync();
        Assert.Equal(200, (await one.AskAsync("/local")).Status);
        Assert.Equal(200, (await two.AskAsync("/local")).Status);
        using var three = await proxy.ConnectAsync();
        var waiting = three.AskAsync("/local");
        Assert.Equal(200, (await two.AskAsync("/local")).Status);
        Assert.False(waiting.IsCompleted);
        one.Dispose();
        Assert.Equal(200, (await waiting).Status);
    }

    [Fact]
    public async Task Connections_that_fail_before_they_speak_make_room_again()
    {
        await using var proxy = await FailureProxy.StartAsync("listeners.main.max-connections = 2");
        for (var i = 0; i < 20; i++)
        {
            using var silent = await proxy.ConnectAsync();
            if (i % 2 == 0) silent.Reset();
        }

        Assert.Equal(200, (await proxy.AskAsync("/local")).Status);
    }

    [Fact]
    public async Task An_upstream_connection_is_used_again_until_its_idle_time_is_over()
    {
        using var origin = MisbehavingOrigin.Start(Honest);
        await using var proxy = await FailureProxy.StartFrozenAsync(
            FailureProxy.Pool("app", origin.Address) + "pools.app.connections.idle-timeout = 5s");
        await proxy.AskAsync("/app/");
        proxy.Time!.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromMilliseconds(1));
        await proxy.AskAsync("/app/");
        Assert.Equal(1, origin.Accepted);
        proxy.Time.Advance(TimeSpan.FromSeconds(5));
        await proxy.AskAsync("/app/");
        Assert.Equal(2, origin.Accepted);
    }

    [Fact]
    public async Task An_upstream_connection_that_is_idle_for_too_long_is_closed_with_FIN()
    {
        var ending = new TaskCompletionSource<Ending>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var origin = MisbehavingOrigin.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(Ok);
            ending.SetResult((await connection.ReadToEndAsync()).Ending);
        });
        await using var proxy = await FailureProxy.StartFrozenAsync(
            FailureProxy.Pool("app", origin.Address) + "pools.app.connections.idle-timeout = 5s");
        await proxy.AskAsync("/app/");
        proxy.Time!.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(Ending.Fin, await ending.Task.WaitAsync(TimeSpan.FromSeconds(15)));
    }

    [Fact]
    public async Task No_more_upstream_connections_are_kept_than_max_idle()
    {
        var open = 0;
        var allAreOpen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var origin = MisbehavingOrigin.Start(async connection =>
        {
            if (Interlocked.Increment(ref open) == 5) allAreOpen.SetResult();
            await connection.ReadHeadAsync();
            await allAreOpen.Task;
            await connection.SendAsync(Ok);
            await connection.ReadToEndAsync();
            Interlocked.Decrement(ref open);
        });
        await using var proxy = await FailureProxy.StartAsync(FailureProxy.Pool("app", origin.Address) + "pools.app.connections.max-idle = 2");
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => proxy.AskAsync("/app/")));
        Eventually.Holds(() => Volatile.Read(ref open) == 2);
    }

    private static async Task Honest(RawConnection connection)
    {
        while (true)
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(Ok);
        }
    }
}
