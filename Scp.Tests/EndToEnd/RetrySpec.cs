using System.Net;
using Scp.Tests.EndToEnd.Support;

namespace Scp.Tests.EndToEnd;

/// <summary>When a request is tried again, and when it must not be (BEHAVIOUR section 4.4).</summary>
public sealed class RetrySpec
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public async Task A_backend_that_refuses_a_connection_is_skipped_and_the_request_goes_to_the_next_one()
    {
        using var one = MisbehavingOrigin.Start(Honest);
        using var two = MisbehavingOrigin.Start(Honest);
        await using var proxy = await FailureProxy.StartAsync(
            FailureProxy.Pool("app", one.Address, MisbehavingOrigin.Refusing(), two.Address)
            + "pools.app { load-balancing = round-robin, outlier.enabled = off }");
        using var client = await proxy.ConnectAsync();
        for (var i = 0; i < 300; i++)
        {
            await client.SendAsync("POST /app/ HTTP/1.1\r\nHost: scp.test\r\nContent-Length: 2\r\n\r\nhi");
            Assert.Equal(200, (await client.ReadAnswerAsync()).Status);
        }

        var logged = proxy.Logged("/app/", 300);
        Assert.Equal(100, logged.Count(l => l.Attempts == 2));
        Assert.All(logged, l => Assert.NotEqual(MisbehavingOrigin.Refusing().ToString(), l.Backend));
    }

    [Fact]
    public async Task No_more_backends_are_tried_than_attempts_says()
    {
        using var last = MisbehavingOrigin.Start(Honest);
        await using var proxy = await FailureProxy.StartAsync(
            FailureProxy.Pool("app", MisbehavingOrigin.Refusing(), MisbehavingOrigin.Refusing(), last.Address)
            + "pools.app { retries.attempts = 2, load-balancing = round-robin, outlier.enabled = off }");
        var answers = new List<int>();
        for (var i = 0; i < 12; i++) answers.Add((await proxy.AskAsync("/app/")).Status);
        Assert.Contains(502, answers);
        Assert.Contains(200, answers);
        Assert.All(proxy.Logged("/app/", 12), l => Assert.InRange(l.Attempts, 1, 2));
    }

    [Fact]
    public async Task A_connection_that_dies_under_a_GET_is_replaced_and_no_request_fails()
    {
        using var origin = MisbehavingOrigin.Start(new FickleOrigin().Serve);
        await using var proxy = await FailureProxy.StartAsync(FailureProxy.Pool("app", origin.Address));
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => AskMany(proxy.Address, 200)));
        Assert.True(origin.Accepted > 200, $"Only {origin.Accepted} connections: the race was not tried.");
    }

    [Theory]
    [InlineData("POST", 1)]
    [InlineData("PATCH", 1)]
    [InlineData("PUT", 2)]
    [InlineData("DELETE", 2)]
    [InlineData("GET", 2)]
    public async Task Only_what_is_idempotent_is_sent_again_when_a_reused_connection_dies(string method, int sent)
    {
        var heads = 0;
        using var origin = MisbehavingOrigin.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(Ok);
            await connection.ReadHeadAsync();
            Interlocked.Increment(ref heads);
            if (Volatile.Read(ref heads) == 1) connection.Dispose(); // the request was read, perhaps acted upon
        });
        await using var proxy = await FailureProxy.StartAsync(FailureProxy.Pool("app", origin.Address) + "timeouts.response-head = 500ms");
        using var client = await proxy.ConnectAsync();
        await client.AskAsync("/app/");
        await client.SendAsync($"{method} /app/second HTTP/1.1\r\nHost: scp.test\r\nContent-Length: 0\r\n\r\n");
        var answer = await client.ReadAnswerAsync();
        Assert.Equal(sent == 1 ? 502 : 200, answer.Status);
        Assert.Equal(sent, origin.Accepted);
    }

    [Fact]
    public async Task A_request_on_a_new_connection_is_not_repeated()
    {
        using var origin = MisbehavingOrigin.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            connection.Dispose();
        });
        await using var proxy = await FailureProxy.StartAsync(FailureProxy.Pool("app", origin.Address));
        Assert.Equal(502, (await proxy.AskAsync("/app/")).Status);
        Assert.Equal(1, origin.Accepted);
    }

    private static async Task AskMany(EndPoint address, int count)
    {
        using var client = await HostileClient.ConnectAsync(address);
        for (var i = 0; i < count; i++)
        {
            client.Renew();
            var answer = await client.AskAsync("/app/");
            Assert.True(answer.Status == 200, $"Request {i}: {answer.Head}");
        }
    }

    private static async Task Honest(RawConnection connection)
    {
        while (true)
        {
            if ((await connection.ReadHeadAsync()).Contains("Content-Length: 2")) await connection.ReadAsync(2);
            await connection.SendAsync(Ok);
        }
    }

    /// <summary>Closes its connections at random, sometimes just before, sometimes just after the next request has come.</summary>
    private sealed class FickleOrigin
    {
        private readonly Random _random = new(1);

        public async Task Serve(RawConnection connection)
        {
            for (var uses = 0; ; uses++)
            {
                await connection.ReadHeadAsync();
                var dice = Next(6);
                if (uses > 0 && dice == 0) break;
                await connection.SendAsync(Ok);
                if (dice == 1) break;
            }

            if (Next(2) == 0) connection.Reset();
            else connection.Dispose();
        }

        private int Next(int below)
        {
            lock (_random) return _random.Next(below);
        }
    }
}
