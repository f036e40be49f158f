using System.Diagnostics;
using System.Text;
using Scp.Tests.EndToEnd.Support;
using Scp.Tests.Support;
using Xunit.Abstractions;

namespace Scp.Tests.EndToEnd;

/// <summary>Crowds of clients that mean harm: each is cut at its limit, memory stays, and an honest client beside them is served.</summary>
public sealed class HostileClientsSpec(ITestOutputHelper output) : IAsyncLifetime
{
    /// <summary>MiB that the process may grow by.</summary>
    private const double MostGrowth = 10;

    // Made before the clocks of the proxy run.
    private static readonly byte[] TwentyMegabytes = Encoding.ASCII.GetBytes(new string('x', 20_000_000));
    private static readonly byte[] ManyFields = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("X: x\r\n", 1_000_000)));

    private readonly MisbehavingOrigin _origin = MisbehavingOrigin.Start(Serve);
    private ScpdProcess _scpd = null!;
    private double _before;

    public async Task InitializeAsync()
    {
        _scpd = await ScpdProcess.StartAsync($$"""
            {{FailureProxy.Pool("app", _origin.Address)}}
            timeouts { request-head = 2s, request-content-idle = 2s, response-write = 1s }
            """);
        await _scpd.WarmUpAsync();
        await _scpd.WarmUpAsync("/app/");
    }

    public async Task DisposeAsync()
    {
        await _scpd.DisposeAsync();
        _origin.Dispose();
    }

    [Fact]
    public async Task Heads_that_come_byte_by_byte_are_cut_at_request_head()
    {
        await CrowdAsync(100, async client =>
        {
            await client.SendAsync("GET /app/ HTTP/1.1\r\nHost: scp.test\r\n");
            var answer = client.ReadAnswerAsync();
            var trickle = TrickleAsync(client, "X: x\r\n", until: answer);
            Assert.Equal(408, (await answer).Status);
            await trickle;
        });
    }

    [Fact]
    public async Task Content_that_stops_is_cut_at_request_content_idle()
    {
        await CrowdAsync(100, async client =>
        {
            await client.SendAsync("POST /app/reads HTTP/1.1\r\nHost: scp.test\r\nContent-Length: 1000\r\n\r\nx");
            Assert.Equal(408, (await client.ReadAnswerAsync()).Status);
        });
    }

    [Fact]
    public async Task Readers_that_do_not_read_are_reset_at_response_write()
    {
        await CrowdAsync(30, async client =>
        {
            await client.GetAsync("/app/endless");
            await client.ReadHeadAsync();
            Assert.True(await EndsAsync(client), "It was not cut.");
        }, receiveBuffer: 8192);
    }

    [Theory]
    [InlineData("GET /app/ HTTP/1.1\r\nHost: scp.test\r\nX: ", 431)]
    [InlineData("GET /app/", 414)]
    [InlineData("POST /app/reads HTTP/1.1\r\nHost: scp.test\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX: ", 431)]
    [InlineData("POST /app/reads HTTP/1.1\r\nHost: scp.test\r\nTransfer-Encoding: chunked\r\n\r\n1;", 400)]
    public async Task Twenty_MB_of_what_should_be_short_are_refused(string begin, int status)
    {
        await CrowdAsync(5, async client =>
        {
            await client.SendAsync(begin);
            await client.TrySendAsync(TwentyMegabytes);
            Assert.Equal(status, (await client.ReadAnswerAsync()).Status);
        });
    }

    [Fact]
    public async Task Fields_without_end_are_refused()
    {
        await CrowdAsync(5, async client =>
        {
            await client.SendAsync("GET /app/ HTTP/1.1\r\nHost: scp.test\r\n");
            await client.TrySendAsync(ManyFields);
            Assert.Equal(431, (await client.ReadAnswerAsync()).Status);
        });
    }

    [Fact]
    public async Task Three_thousand_silent_connections_cost_little_and_are_closed_at_request_head()
    {
        await CrowdAsync(3000, async client => Assert.Equal(Ending.Fin, (await client.ReadToEndAsync()).Ending));
    }

    [Fact]
    public async Task No_peer_makes_the_log_shout()
    {
        string[] requests =
        [
            "NONSENSE\r\n\r\n", "GET /app/ HTTP/1.1\r\n\r\n", "GET /app/ HTTP/9.9\r\nHost: a\r\n\r\n", "\0\0\0\0", "\r\n\r\n\r\n",
            "POST /app/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST /app/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "GET /app/closes HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /app/junk HTTP/1.1\r\nHost: a\r\n\r\n", "GET /app/cut HTTP/1.1\r\nHost: a\r\n\r\n", "GET /app/endless HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /app/closes HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nxxxx", "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n",
            "GET /app/ HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nbytes before the answer",
        ];
        for (var round = 0; round < 20; round++)
        {
            await Task.WhenAll(requests.Select(async request =>
            {
                using var client = await _scpd.ConnectAsync();
                await client.SendAsync(request);
                if (round % 3 == 0) client.Reset();
                else if (round % 3 == 1) client.FinishSending();
                else await client.SkimAsync(new byte[100]).AsTask().WaitAsync(TimeSpan.FromSeconds(15)).ContinueWith(_ => client.Reset(), TaskScheduler.Default);
            }));
        }

        await AssertServedAsync();
        output.WriteLine(_scpd.Output);
        var logged = _scpd.Output[_scpd.Output.IndexOf("at once.", StringComparison.Ordinal)..];
        Assert.DoesNotMatch("(?i)(   at |exception|fail|error|crit)", logged);
    }

    /// <summary>So many clients at once, each of which must get to its end, an honest one beside them, and a bound on memory.</summary>
    private async Task CrowdAsync(int count, Func<HostileClient, Task> attack, int receiveBuffer = 0)
    {
        await AttackAsync(Math.Min(count, 10), attack, receiveBuffer); // a rehearsal: its code is compiled, the first buffers are there
        if (ScpdProcess.CanMeasure) _before = _scpd.Resident;
        var most = await AttackAsync(count, attack, receiveBuffer);
        Assert.InRange(most, -1000, MostGrowth);
    }

    /// <summary>Returns by how many MiB the process grew at most.</summary>
    private async Task<double> AttackAsync(int count, Func<HostileClient, Task> attack, int receiveBuffer)
    {
        var clients = new List<HostileClient>();
        try
        {
            for (var i = 0; i < count; i++) clients.Add(await _scpd.ConnectAsync(receiveBuffer));
            var attacks = Task.WhenAll(clients.Select(attack));
            var clock = Stopwatch.StartNew();
            double most = 0;
            var served = 0;
            do
            {
                await AssertServedAsync();
                served++;
                if (ScpdProcess.CanMeasure) most = Math.Max(most, _scpd.Resident - _before);
            }
            while (await Task.WhenAny(attacks, Task.Delay(20)) != attacks);
            await attacks;
            await AssertServedAsync();
            output.WriteLine($"{count} cut in {clock.Elapsed.TotalSeconds:f1} s, grew by {most:f1} MiB, {served} honest requests served meanwhile");
            return most;
        }
        finally
        {
            foreach (var client in clients) client.Dispose();
        }
    }

    private async Task AssertServedAsync() => Assert.Equal(200, (await _scpd.AskAsync("/app/").WaitAsync(TimeSpan.FromSeconds(5))).Status);

    private static async Task TrickleAsync(RawConnection client, string text, Task until)
    {
        foreach (var c in string.Concat(Enumerable.Repeat(text, 90)))
        {
            if (await Task.WhenAny(until, Task.Delay(20)) == until) return;
            await client.TrySendAsync(new[] { (byte)c });
        }
    }

    /// <summary>True when the connection is gone, which is seen by sending: nothing is read.</summary>
    private static async Task<bool> EndsAsync(RawConnection client)
    {
        for (var i = 0; i < 300; i++)
        {
            if (!await client.TrySendAsync("x"u8.ToArray())) return true;
            await Task.Delay(50);
        }

        return false;
    }

    private static async Task Serve(RawConnection connection)
    {
        while (true)
        {
            connection.Renew();
            var path = (await connection.ReadHeadAsync()).Split(' ')[1];
            switch (path)
            {
                case "/app/endless":
                    await connection.SendAsync("HTTP/1.1 200 OK\r\n\r\n");
                    for (var block = new byte[1 << 16]; ;) await connection.SendAsync(block);
                case "/app/reads":
                    await connection.ReadToEndAsync();
                    return;
                case "/app/closes":
                    connection.Dispose();
                    return;
                case "/app/junk":
                    await connection.SendAsync("junk\r\n\r\n");
                    break;
                case "/app/cut":
                    await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                    connection.Dispose();
                    return;
                default:
                    await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    break;
            }
        }
    }
}
