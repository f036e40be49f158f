using Scp.Tests.EndToEnd.Support;

namespace Scp.Tests.EndToEnd;

/// <summary>An origin that answers before it has read the request: the client gets the answer, and its connection stays in order.</summary>
public sealed class EarlyResponseSpec : IAsyncLifetime
{
    private const int Discarded = 256 * 1024; // limits.discarded-content of reference.conf
    private const string TooLarge = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 5\r\n";

    private readonly MisbehavingOrigin _origin = MisbehavingOrigin.Start(AnswerEarly);
    private FailureProxy _proxy = null!;

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

    private static async Task AnswerEarly(RawConnection connection)
    {
        var path = (await connection.ReadHeadAsync()).Split(' ')[1];
        if (path == "/app/fails")
        {
            connection.Reset();
            return;
        }

        await connection.SendAsync($"{TooLarge}\r\nlarge");
        if (path == "/app/closes") connection.Dispose();
        else if (path == "/app/resets") connection.Reset();
        else await Task.Delay(Timeout.Infinite);
    }
}
