using Scp.Tests.EndToEnd.Support;

namespace Scp.Tests.EndToEnd;

/// <summary>An origin that answers before it has read the request: the client gets the answer, and its connection stays in order.</summary>
public sealed class EarlyResponseSpec : IAsyncLifetime
{
    private const int Discarded = 256 * 1024; // limits.discarded-content of reference.conf
    private const string TooLarge = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 5\r\n";

    private readonly SemaphoreSlim _answer = new(0);
    private readonly MisbehavingOrigin _origin;
    private FailureProxy _proxy = null!;

    public EarlyResponseSpec() => _origin = MisbehavingOrigin.Start(AnswerEarly);

    public async Task InitializeAsync() => _proxy = await FailureProxy.StartAsync(FailureProxy.Pool("app", _origin.Address));

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _origin.Dispose();
    }

    [Theory]
    [InlineData("keeps", 100_000)]
    [InlineData("closes", 100_000)]
    [InlineData("resets", 100_000)]
    [InlineData("closes", Discarded)]
    [InlineData("keeps", Discarded)]
    public async Task A_small_rest_is_thrown_away_and_the_connection_goes_on(string origin, int size)
    {
        using var client = await _proxy.ConnectAsync();
        await client.SendAsync($"POST /app/{origin} HTTP/1.1\r\nHost: scp.test\r\nContent-Length: {size}\r\n\r\n");
        var answer = await client.ReadAnswerAsync();
        Assert.Equal((413, "large", null), (answer.Status, answer.Body, answer.Field("Connection")));
        await client.SendAsync(new byte[size]);
        Assert.Equal(200, (await client.AskAsync("/local")).Status);
    }

    [Theory]
    [InlineData("keeps")]
    [InlineData("closes")]
    [InlineData("resets")]
    public async Task The_rest_may_already_be_on_its_way(string origin)
    {
        const int Size = 200_000;
        using var client = await _proxy.ConnectAsync();
        await client.SendAsync($"POST /app/{origin} HTTP/1.1\r\nHost: scp.test\r\nContent-Length: {Size}\r\n\r\n{new string('x', Size)}");
        Assert.Equal(413, (await client.ReadAnswerAsync()).Status);
        Assert.Equal(200, (await client.AskAsync("/local")).Status);
    }

    [Fact]
    public async Task The_rest_may_be_chunked()
    {
        using var client = await _proxy.ConnectAsync();
        await client.SendAsync("POST /app/closes HTTP/1.1\r\nHost: scp.test\r\nTransfer-Encoding: chunked\r\n\r\n");
        Assert.Equal(413, (await client.ReadAnswerAsync()).Status);
        await client.SendAsync($"30000\r\n{new string('x', 0x30000)}\r\n0\r\n\r\n");
        Assert.Equal(200, (await client.AskAsync("/local")).Status);
    }

    [Theory]
    [InlineData("keeps")]
    [InlineData("closes")]
    public async Task A_large_rest_closes_the_connection_but_the_client_gets_the_answer(string origin)
    {
        using var client = await _proxy.ConnectAsync();
        await client.SendAsync($"POST /app/{origin} HTTP/1.1\r\nHost: scp.test\r\nContent-Length: {Discarded + 1}\r\n\r\n");
        var answer = await client.ReadAnswerAsync();
        Assert.Equal((413, "close"), (answer.Status, answer.Field("Connection")));
        Assert.Equal(Ending.Fin, (await client.ReadToEndAsync()).Ending);
    }

    [Theory]
    [InlineData("keeps")]
    [InlineData("closes")]
    public async Task A_client_that_goes_on_uploading_20_MB_gets_the_answer(string origin)
    {
        using var client = await _proxy.ConnectAsync();
        await client.SendAsync($"POST /app/{origin} HTTP/1.1\r\nHost: scp.test\r\nContent-Length: 20000000\r\n\r\n");
        await client.TrySendAsync(new byte[20_000_000]);
        Assert.Equal(413, (await client.ReadAnswerAsync()).Status);
    }

    [Fact]
    public async Task A_chunked_rest_over_the_limit_closes_the_connection()
    {
        using var client = await _proxy.ConnectAsync();
        await client.SendAsync("POST /app/closes HTTP/1.1\r\nHost: scp.test\r\nTransfer-Encoding: chunked\r\n\r\n");
        Assert.Equal(413, (await client.ReadAnswerAsync()).Status);
        await client.TrySendAsync(System.Text.Encoding.ASCII.GetBytes($"80000\r\n{new string('x', 0x80000)}\r\n0\r\n\r\n"));
        await client.TrySendAsync("GET /local HTTP/1.1\r\nHost: scp.test\r\n\r\n"u8.ToArray());
        Assert.Equal("", (await client.ReadToEndAsync()).Text);
    }

    [Theory]
    [InlineData("full-closes", 413)]
    [InlineData("full-resets", 413)]
    [InlineData("full-fails", 502)]
    public async Task An_upload_that_the_origin_held_back_does_not_hang_after_the_answer(string origin, int status)
    {
        using var client = await _proxy.ConnectAsync();
        await client.SendAsync($"POST /app/{origin} HTTP/1.1\r\nHost: scp.test\r\nTransfer-Encoding: chunked\r\n\r\n4000000\r\n");
        var upload = new StalledUpload(client, 0x4000000);
        await upload.StallsAsync();
        _answer.Release();
        Assert.Equal(status, (await client.ReadAnswerAsync()).Status);
        await upload.Completion; // taken or refused: the connection is not forgotten
    }

    [Fact]
    public async Task An_origin_that_fails_inside_the_upload_is_502_and_the_connection_goes_on()
    {
        const int Size = 200_000;
        using var client = await _proxy.ConnectAsync();
        await client.SendAsync($"POST /app/fails HTTP/1.1\r\nHost: scp.test\r\nContent-Length: {Size}\r\n\r\n{new string('x', Size)}");
        Assert.Equal(502, (await client.ReadAnswerAsync()).Status);
        Assert.Equal(200, (await client.AskAsync("/local")).Status);
    }

    [Fact]
    public async Task A_connection_whose_request_was_not_sent_completely_is_never_used_again()
    {
        using var client = await _proxy.ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync("POST /app/keeps HTTP/1.1\r\nHost: scp.test\r\nContent-Length: 5\r\n\r\n");
            Assert.Equal(413, (await client.ReadAnswerAsync()).Status);
            await client.SendAsync("GET /");
            Assert.Equal(i + 1, _origin.Accepted);
        }
    }

    [Fact]
    public async Task The_last_response_is_complete_although_the_client_closes_its_side_meanwhile()
    {
        using var client = await _proxy.ConnectAsync(receiveBuffer: 8192);
        await client.SendAsync("GET /app/large HTTP/1.1\r\nHost: scp.test\r\nConnection: close\r\n\r\n");
        await client.ReadHeadAsync();
        await client.ReadAsync(7_900_000); // the rest is on its way
        client.FinishSending();
        var (text, ending) = await client.ReadToEndAsync();
        Assert.EndsWith("\r\n0\r\n\r\n", text);
        Assert.Equal(Ending.Fin, ending);
    }

    private async Task AnswerEarly(RawConnection connection)
    {
        var path = (await connection.ReadHeadAsync()).Split(' ')[1];
        if (path.StartsWith("/app/full", StringComparison.Ordinal)) await _answer.WaitAsync();
        if (path.EndsWith("fails", StringComparison.Ordinal))
        {
            connection.Reset();
            return;
        }

        if (path == "/app/large")
        {
            await connection.SendAsync($"HTTP/1.1 413 Content Too Large\r\n\r\n{new string('x', 8_000_000)}");
            connection.FinishSending();
            return;
        }

        await connection.SendAsync($"{TooLarge}\r\nlarge");
        if (path.EndsWith("closes", StringComparison.Ordinal)) connection.FinishSending();
        else if (path.EndsWith("resets", StringComparison.Ordinal)) connection.Reset();
        else await Task.Delay(Timeout.Infinite);
    }
}
