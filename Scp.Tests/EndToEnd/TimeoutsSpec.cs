using Scp.Tests.EndToEnd.Support;

namespace Scp.Tests.EndToEnd;

/// <summary>
/// Every time limit of scp.timeouts and of a route: kept just before it, enforced just after it. The clock stands still unless the
/// test moves it.
/// </summary>
public sealed class TimeoutsSpec : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _arrived = new(0), _goOn = new(0);
    private readonly MisbehavingOrigin _origin;
    private FailureProxy _proxy = null!;

    public TimeoutsSpec() => _origin = MisbehavingOrigin.Start(Serve);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _origin.Dispose();
    }

    [Fact]
    public async Task A_connection_that_says_nothing_is_closed_after_request_head()
    {
        await StartAsync("timeouts.request-head = 5s");
        using var client = await _proxy.ConnectAsync();
        var end = client.ReadToEndAsync();
        await PassAsync(end);
        Assert.Equal(("", Ending.Fin), await end);
    }

    [Fact]
    public async Task A_head_must_be_complete_within_request_head()
    {
        await StartAsync("timeouts { request-head = 5s, keep-alive-idle = 1m }");
        using var client = await _proxy.ConnectAsync();
        await client.AskAsync("/local");
        await client.SendAsync("GET /local HTTP/1.1\r\n");
        await BeSeenAsync();
        using var inTime = await _proxy.ConnectAsync();
        await inTime.AskAsync("/local");
        _proxy.Time!.Advance(TimeSpan.FromMilliseconds(100));
        await inTime.SendAsync("GET /local HTTP/1.1\r\n");
        await BeSeenAsync();
        _proxy.Time.Advance(Limit - TimeSpan.FromMilliseconds(99));
        Assert.Equal(408, (await client.ReadAnswerAsync()).Status);
        await inTime.SendAsync("Host: scp.test\r\n\r\n");
        Assert.Equal(200, (await inTime.ReadAnswerAsync()).Status);
    }

    [Fact]
    public async Task The_first_head_must_be_complete_within_request_head_of_the_accept()
    {
        await StartAsync("timeouts { request-head = 5s, keep-alive-idle = 1m }");
        using var client = await _proxy.ConnectAsync();
        await BeSeenAsync();
        _proxy.Time!.Advance(Limit / 2);
        await client.SendAsync("GET /local HTTP/1.1\r\n");
        await BeSeenAsync();
        _proxy.Time.Advance((Limit / 2) + TimeSpan.FromMilliseconds(1));
        Assert.Equal(408, (await client.ReadAnswerAsync()).Status);
    }

    [Fact]
    public async Task An_idle_connection_is_closed_after_keep_alive_idle()
    {
        await StartAsync("timeouts.keep-alive-idle = 5s");
        using var early = await _proxy.ConnectAsync();
        await early.AskAsync("/local");
        _proxy.Time!.Advance(TimeSpan.FromMilliseconds(100));
        using var late = await _proxy.ConnectAsync();
        await late.AskAsync("/local");
        _proxy.Time.Advance(Limit - TimeSpan.FromMilliseconds(100));
        Assert.Equal(("", Ending.Fin), await early.ReadToEndAsync());
        Assert.Equal(200, (await late.AskAsync("/local")).Status);
    }

    [Theory]
    [InlineData("Content-Length: 10\r\n\r\nhalf")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")]
    public async Task Content_must_not_pause_longer_than_request_content_idle(string content)
    {
        await StartAsync("timeouts { request-content-idle = 5s, request-content-minimum-rate = 0 }");
        using var client = await _proxy.ConnectAsync();
        await client.SendAsync($"POST /app/upload HTTP/1.1\r\nHost: scp.test\r\n{content}");
        await ArrivedAsync();
        var answer = client.ReadAnswerAsync();
        await PassAsync(answer);
        Assert.Equal(408, (await answer).Status);
    }

    [Fact]
    public async Task Content_must_keep_its_minimum_rate_after_the_grace()
    {
        // 2,000 bytes at 200 B/s are enough for 10 s; then more must have come.
        await StartAsync("timeouts { request-content-idle = 1h, request-content-minimum-rate = 200, request-content-grace = 5s }");
        using var client = await _proxy.ConnectAsync();
        await client.SendAsync("POST /app/upload-2000 HTTP/1.1\r\nHost: scp.test\r\nContent-Length: 100000\r\n\r\n");
        await client.SendAsync(new byte[2000]);
        await ArrivedAsync();
        var answer = client.ReadAnswerAsync();
        await _proxy.AdvanceToJustBeforeAsync(TimeSpan.FromSeconds(5.5));
        Assert.False(answer.IsCompleted);
        _proxy.Time!.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(408, (await answer).Status);
        Assert.Equal("request-content-too-slow", _proxy.Logged("/app/upload-2000")[0].Error);
    }

    [Fact]
    public async Task Time_in_which_the_origin_does_not_read_is_not_held_against_the_client()
    {
        await StartAsync("timeouts { request-content-idle = 5s, response-head = 1h }");
        using var client = await _proxy.ConnectAsync();
        const int Size = 30_000_000;
        await client.SendAsync($"POST /app/unread HTTP/1.1\r\nHost: scp.test\r\nContent-Length: {Size}\r\n\r\n");
        var upload = new StalledUpload(client, Size);
        await ArrivedAsync();
        await upload.StallsAsync();
        await _proxy.AdvanceToJustBeforeAsync(TimeSpan.FromMinutes(10));
        client.Renew();
        _goOn.Release();
        Assert.True(await upload.Completion);
        Assert.Equal(200, (await client.ReadAnswerAsync()).Status);
    }

    [Fact]
    public async Task A_response_head_must_come_within_response_head()
    {
        await StartAsync("timeouts.response-head = 5s");
        using var client = await _proxy.ConnectAsync();
        await client.GetAsync("/app/silent");
        await ArrivedAsync();
        var answer = client.ReadAnswerAsync();
        await PassAsync(answer);
        Assert.Equal((504, "http_response_timeout"), ((await answer).Status, (await answer).ProxyError));
    }

    [Fact]
    public async Task A_client_that_waits_for_100_is_not_cut_for_the_time_the_origin_takes()
    {
        await StartAsync("timeouts { request-content-idle = 2s, request-content-grace = 1s, response-head = 1h }");
        using var client = await _proxy.ConnectAsync();
        await client.SendAsync("POST /app/silent HTTP/1.1\r\nHost: scp.test\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n");
        await ArrivedAsync();
        var answer = client.ReadAnswerAsync();
        await _proxy.AdvanceToJustBeforeAsync(TimeSpan.FromMinutes(1));
        Assert.False(answer.IsCompleted);
    }

    [Fact]
    public async Task An_origin_that_never_answers_an_expectation_has_response_head()
    {
        await StartAsync("timeouts { request-content-idle = 1h, response-head = 5s }");
        using var client = await _proxy.ConnectAsync();
        await client.SendAsync("POST /app/silent HTTP/1.1\r\nHost: scp.test\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n");
        await ArrivedAsync();
        var answer = client.ReadAnswerAsync();
        await PassAsync(answer);
        Assert.Equal(504, (await answer).Status);
    }

    [Fact]
    public async Task An_origin_that_takes_no_more_of_a_request_has_response_head_to_go_on()
    {
        await StartAsync("timeouts { request-content-idle = 1h, response-head = 5s }");
        using var client = await _proxy.ConnectAsync();
        const int Size = 30_000_000;
        await client.SendAsync($"POST /app/unread HTTP/1.1\r\nHost: scp.test\r\nContent-Length: {Size}\r\n\r\n");
        var upload = new StalledUpload(client, Size);
        await ArrivedAsync();
        await upload.StallsAsync();
        var answer = client.ReadAnswerAsync();
        await PassAsync(answer);
        Assert.Equal(504, (await answer).Status);
    }

    [Fact]
    public async Task Response_content_must_not_pause_longer_than_response_idle()
    {
        await StartAsync("timeouts.response-idle = 5s");
        using var client = await _proxy.ConnectAsync();
        await client.GetAsync("/app/stalls");
        await client.ReadHeadAsync();
        await client.ReadAsync(4);
        var end = client.ReadToEndAsync();
        await PassAsync(end);
        Assert.Equal(Ending.Reset, (await end).Ending);
        Assert.Equal("response-content-timeout", _proxy.Logged("/app/stalls")[0].Error);
    }

    [Theory]
    [InlineData("/app/silent", 504)]
    [InlineData("/app/stalls", 0)]
    public async Task An_exchange_must_end_within_total(string path, int status)
    {
        await StartAsync("timeouts.total = 5s");
        using var client = await _proxy.ConnectAsync();
        await client.GetAsync(path);
        await ArrivedAsync();
        if (status == 0) await client.ReadAsync((await client.ReadHeadAsync()).Length > 0 ? 4 : 0);
        Task end = status == 0 ? client.ReadToEndAsync() : client.ReadAnswerAsync();
        await PassAsync(end);
        Assert.Equal("request-timeout", _proxy.Logged(path)[0].Error);
        if (end is Task<Answer> answer) Assert.Equal(status, (await answer).Status);
    }

    [Fact]
    public async Task Total_holds_for_an_upload_on_a_connection_that_was_idle()
    {
        await StartAsync("timeouts { total = 5s, request-content-idle = 1h, request-content-minimum-rate = 0 }");
        await _proxy.AskAsync("/app/");
        using var client = await _proxy.ConnectAsync();
        await client.SendAsync("POST /app/upload HTTP/1.1\r\nHost: scp.test\r\nContent-Length: 10\r\n\r\nhalf");
        await ArrivedAsync();
        var answer = client.ReadAnswerAsync();
        await PassAsync(answer);
        Assert.Equal(504, (await answer).Status);
        Assert.Equal(1, _origin.Accepted);
    }

    [Theory]
    [InlineData("response-head", "/app/silent", "response-head-timeout")]
    [InlineData("response-idle", "/app/stalls", "response-content-timeout")]
    [InlineData("total", "/app/silent", "request-timeout")]
    [InlineData("tunnel-idle", "/app/tunnel", "tunnel-idle-timeout")]
    public async Task A_route_may_have_a_time_limit_of_its_own(string key, string path, string reason)
    {
        await StartAsync($"timeouts.{key} = 1h\n routes.app.timeouts.{key} = 5s");
        using var client = await _proxy.ConnectAsync();
        await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: scp.test\r\n{(path == "/app/tunnel" ? "Connection: upgrade\r\nUpgrade: x\r\n" : "")}\r\n");
        await ArrivedAsync();
        if (path != "/app/silent") await client.ReadHeadAsync();
        _proxy.Time!.Advance(Limit);
        Assert.Equal(reason, _proxy.Logged(path)[0].Error);
    }

    [Fact]
    public async Task A_tunnel_is_cut_after_tunnel_idle_without_a_byte_in_either_direction()
    {
        await StartAsync("timeouts.tunnel-idle = 5s");
        using var client = await OpenTunnelAsync("/app/tunnel");
        for (var i = 0; i < 2; i++) // a byte each way begins the time anew
        {
            await _proxy.AdvanceToJustBeforeAsync(Limit);
            await client.SendAsync("x");
            Assert.Equal("x", await client.ReadAsync(1));
        }

        var end = client.ReadToEndAsync();
        await PassAsync(end);
        Assert.Equal("tunnel-idle-timeout", _proxy.Logged("/app/tunnel")[0].Error);
    }

    [Fact]
    public async Task A_tunnel_that_the_client_has_half_closed_is_cut_after_half_closed_without_a_byte()
    {
        await StartAsync("timeouts.half-closed = 5s");
        using var client = await OpenTunnelAsync("/app/tunnel-talks");
        client.FinishSending();
        await ArrivedAsync(); // the FIN did
        await _proxy.AdvanceToJustBeforeAsync(Limit);
        _goOn.Release();
        Assert.Equal("y", await client.ReadAsync(1)); // begins the time anew
        var end = client.ReadToEndAsync();
        await PassAsync(end);
        await end;
    }

    [Fact]
    public async Task A_tunnel_that_the_origin_has_half_closed_is_cut_after_half_closed_without_a_byte()
    {
        await StartAsync("timeouts.half-closed = 5s");
        using var client = await OpenTunnelAsync("/app/tunnel-listens");
        Assert.Equal(0, await client.SkimAsync(new byte[1])); // the origin's FIN
        for (var i = 0; i < 2; i++)
        {
            await _proxy.AdvanceToJustBeforeAsync(Limit);
            await client.SendAsync("x");
            await ArrivedAsync(); // began the time anew
        }

        await _proxy.AdvanceToJustBeforeAsync(Limit);
        Assert.Empty(_proxy.LoggedNow("/app/tunnel-listens"));
        _proxy.AdvanceOver();
        Assert.Single(_proxy.Logged("/app/tunnel-listens"));
    }

    [Fact]
    public async Task The_last_bytes_of_a_half_closed_tunnel_reach_the_origin()
    {
        await StartAsync("");
        using var client = await OpenTunnelAsync("/app/tunnel-listens");
        Assert.Equal(0, await client.SkimAsync(new byte[1]));
        await client.SendAsync("xx");
        client.Dispose();
        await ArrivedAsync();
        await ArrivedAsync();
    }

    [Fact]
    public async Task A_client_that_takes_no_more_of_a_response_is_reset_after_response_write()
    {
        await StartAsync("timeouts { response-write = 5s, response-idle = 1h }");
        using var client = await _proxy.ConnectAsync(receiveBuffer: 8192);
        await client.GetAsync("/app/endless");
        await client.ReadHeadAsync();
        await ArrivedAsync(); // the origin cannot send any more
        await _proxy.AdvanceToJustBeforeAsync(Limit);
        Assert.Empty(_proxy.LoggedNow("/app/endless"));
        _proxy.AdvanceOver();
        Assert.Equal("response-write-timeout", _proxy.Logged("/app/endless")[0].Error);
        Assert.Equal(Ending.Reset, (await client.ReadToEndAsync()).Ending);
    }

    [Fact]
    public async Task A_client_that_reads_slowly_but_steadily_is_not_cut()
    {
        await StartAsync("timeouts { response-write = 5s, response-idle = 5s }");
        using var client = await _proxy.ConnectAsync(receiveBuffer: 8192);
        await client.GetAsync("/app/endless");
        await client.ReadHeadAsync();
        await ArrivedAsync();
        for (var i = 0; i < 6; i++)
        {
            await _proxy.AdvanceToJustBeforeAsync(Limit);
            await client.ReadAsync(512 << 10); // less than the kernel would like to hold, more than it may
        }

        Assert.Empty(_proxy.LoggedNow("/app/endless"));
    }

    private async Task StartAsync(string configuration) =>
        _proxy = await FailureProxy.StartFrozenAsync(FailureProxy.Pool("app", _origin.Address) + configuration);

    /// <summary>Shows that it has not happened just before the limit and lets it happen.</summary>
    private async Task PassAsync(Task due)
    {
        await _proxy.AdvanceToJustBeforeAsync(Limit);
        Assert.False(due.IsCompleted, "It happened before its time.");
        _proxy.AdvanceOver();

        // The proxy may have begun to count a moment after the origin had what the test waited for: then the clock had moved on.
        if (await Task.WhenAny(due, Task.Delay(TimeSpan.FromSeconds(2))) != due) _proxy.Time!.Advance(Limit);
        await due.WaitAsync(TimeSpan.FromSeconds(15));
    }

    private async Task<HostileClient> OpenTunnelAsync(string path)
    {
        var client = await _proxy.ConnectAsync();
        await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: scp.test\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 101 ", await client.ReadHeadAsync());
        await ArrivedAsync();
        return client;
    }

    /// <summary>Waits for the origin to say that it has got where the test wants it.</summary>
    private async Task ArrivedAsync()
    {
        Assert.True(await _arrived.WaitAsync(TimeSpan.FromSeconds(15)));
        await BeSeenAsync();
    }

    /// <summary>Gives the proxy time to read what was sent before: it answers others meanwhile.</summary>
    private async Task BeSeenAsync()
    {
        for (var i = 0; i < 5; i++) await _proxy.AskAsync("/local");
    }

    private async Task Serve(RawConnection connection)
    {
        while (true)
        {
            var path = (await connection.ReadHeadAsync()).Split(' ')[1];
            switch (path)
            {
                case "/app/upload":
                    await connection.ReadAsync(1);
                    _arrived.Release();
                    await connection.ReadToEndAsync();
                    return;
                case "/app/upload-2000": // all of it, not only its first byte: the rest may be a receive behind
                    await connection.ReadAsync(2000);
                    _arrived.Release();
                    await connection.ReadToEndAsync();
                    return;
                case "/app/unread":
                    _arrived.Release();
                    await _goOn.WaitAsync();
                    for (var left = 30_000_000; left > 0;) left -= await connection.SkimAsync(new byte[1 << 16]);
                    await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    break;
                case "/app/silent":
                    _arrived.Release();
                    await connection.ReadToEndAsync();
                    return;
                case "/app/stalls":
                    await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                    _arrived.Release();
                    await connection.ReadToEndAsync();
                    return;
                case "/app/endless":
                    await SendWithoutEndAsync(connection);
                    return;
                case var tunnel when tunnel.StartsWith("/app/tunnel", StringComparison.Ordinal):
                    await connection.SendAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
                    _arrived.Release();
                    await TunnelAsync(connection, tunnel);
                    return;
                default:
                    await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    break;
            }
        }
    }

    private async Task TunnelAsync(RawConnection connection, string path)
    {
        switch (path)
        {
            case "/app/tunnel-talks":
                await connection.ReadToEndAsync();
                _arrived.Release();
                await _goOn.WaitAsync();
                await connection.SendAsync("y");
                await connection.ReadToEndAsync();
                await Task.Delay(Timeout.Infinite);
                break;
            case "/app/tunnel-listens":
                connection.FinishSending();
                while (true)
                {
                    await connection.ReadAsync(1);
                    _arrived.Release();
                }

            default:
                while (true) await connection.SendAsync(await connection.ReadAsync(1));
        }
    }

    private async Task SendWithoutEndAsync(RawConnection connection)
    {
        await connection.SendAsync("HTTP/1.1 200 OK\r\n\r\n");
        var block = new byte[1 << 20];
        while (true)
        {
            var sending = connection.SendAsync(block);
            if (await Task.WhenAny(sending, Task.Delay(500)) != sending) _arrived.Release();
            await sending;
        }
    }
}
