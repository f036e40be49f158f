using System.Diagnostics;
using System.Net;
using Scp.Tests.EndToEnd.Support;

namespace Scp.Tests.EndToEnd;

/// <summary>Over real sockets: whatever a mirror does, the requests themselves go as if there were none.</summary>
public sealed class MirrorSpec
{
    private const int Requests = 100;
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public async Task A_dead_mirror_changes_nothing() => await ServesAsUsualAsync(MisbehavingOrigin.Refusing());

    [Fact]
    public async Task A_mirror_that_hangs_changes_nothing()
    {
        using var mirror = MisbehavingOrigin.Start(async connection => await connection.ReadHeadAsync());

        await ServesAsUsualAsync(mirror.Address);

        Assert.InRange(mirror.Accepted, 1, 10); // max-in-flight
    }

    [Fact]
    public async Task A_slow_mirror_changes_nothing()
    {
        using var mirror = MisbehavingOrigin.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nx"); // and the rest never
        });

        await ServesAsUsualAsync(mirror.Address);
    }

    [Fact]
    public async Task A_mirror_that_works_gets_every_request()
    {
        var copies = 0;
        using var mirror = MisbehavingOrigin.Start(async connection =>
        {
            while (true)
            {
                await connection.ReadHeadAsync();
                await connection.SendAsync(Ok);
                Interlocked.Increment(ref copies);
            }
        });

        await ServesAsUsualAsync(mirror.Address, maxInFlight: Requests);

        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref copies) == Requests, TimeSpan.FromSeconds(15)), $"{copies} copies of {Requests}.");
    }

    /// <summary>One request that waited for the mirror would take its timeout of 20 s alone.</summary>
    private static async Task ServesAsUsualAsync(IPEndPoint mirror, int maxInFlight = 10)
    {
        using var origin = MisbehavingOrigin.Start(async connection =>
        {
            while (true)
            {
                await connection.ReadHeadAsync();
                await connection.SendAsync(Ok);
            }
        });
        await using var proxy = await FailureProxy.StartAsync($$"""
            pools.app.backends = [{ address = "{{origin.Address}}" }]
            pools.shadow.backends = [{ address = "{{mirror}}" }]
            routes.app { path = "/app/*", pool = app, mirror { pool = shadow, max-in-flight = {{maxInFlight}}, timeout = 20s } }
            """);
        using var client = await proxy.ConnectAsync();
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Requests; i++) Assert.Equal(200, (await client.AskAsync("/app/x")).Status);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }
}
