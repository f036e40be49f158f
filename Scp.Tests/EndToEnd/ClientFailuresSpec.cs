using Scp.Tests.EndToEnd.Support;
using Scp.Tests.Support;

namespace Scp.Tests.EndToEnd;

/// <summary>What a client can do wrong, and what it gets for it (BEHAVIOUR section 4.6).</summary>
public sealed class ClientFailuresSpec : IAsyncLifetime
{
    private readonly TaskCompletionSource _originSawTheEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _originHasTheHead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MisbehavingOrigin _origin;
    private FailureProxy _proxy = null!;

    public ClientFailuresSpec() => _origin = MisbehavingOrigin.Start(Answer);

    public async Task InitializeAsync() => _proxy = await FailureProxy.StartAsync($$"""
        {{FailureProxy.Pool("app", _origin.Address)}}
        routes.put { path = "/put", method = [PUT, DELETE], respond.status = 204 }
        limits { request-line = 300B, request-head = 2KiB, field-line = 1KiB, field-count = 10, request-content = 1000B, trailers = 256B,
                 chunk-extensions = 64B }
        timeouts { request-head = 500ms, request-content-idle = 500ms }
        """);

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _origin.Dispose();
    }

    [Fact]
    public async Task No_route_is_404_and_the_connection_goes_on()
    {
        using var client = await _proxy.ConnectAsync();
        var answer = await client.AskAsync("/nowhere");
        Assert.Equal((404, "destination_not_found"), (answer.Status, answer.ProxyError));
        Assert.Equal(200, (await client.AskAsync("/local")).Status);
    }

    [Fact]
    public async Task A_method_without_a_route_is_405_and_Allow_says_which_have_one()
    {
        var answer = await _proxy.AskAsync("/put");
        Assert.Equal((405, "http_request_denied"), (answer.Status, answer.ProxyError));
        Assert.Equal("DELETE, PUT", string.Join(", ", answer.Field("Allow")!.Split(", ").Order()));
    }

    [Theory]
    [InlineData(300, 200)]
    [InlineData(301, 414)]
    public async Task A_request_line_over_its_limit_is_414(int size, int status)
    {
        var line = $"GET /app/{new string('a', size - "GET /app/ HTTP/1.1".Length)} HTTP/1.1";
        await AssertAnswer($"{line}\r\nHost: scp.test\r\n\r\n", status);
    }

    [Theory]
    [InlineData(1024, 200)]
    [InlineData(1025, 431)]
    public Task A_field_line_over_its_limit_is_431(int size, int status) =>
        AssertAnswer($"GET /app/ HTTP/1.1\r\nHost: scp.test\r\nX: {new string('x', size - 3)}\r\n\r\n", status);

    [Theory]
    [InlineData(10, 200)]
    [InlineData(11, 431)]
    public Task More_fields_than_the_limit_are_431(int count, int status) =>
        AssertAnswer($"GET /app/ HTTP/1.1\r\nHost: scp.test\r\n{Repeat("X: x\r\n", count - 1)}\r\n", status);

    [Theory]
    [InlineData(2048, 200)]
    [InlineData(2049, 431)]
    public Task A_head_over_its_limit_is_431(int size, int status)
    {
        const string Begin = "GET /app/ HTTP/1.1\r\nHost: scp.test\r\n";
        var first = $"X: {new string('x', 997)}\r\n";
        var rest = size - Begin.Length - first.Length - "Y: \r\n\r\n".Length;
        return AssertAnswer($"{Begin}{first}Y: {new string('y', rest)}\r\n\r\n", status);
    }

    [Theory]
    [InlineData(1000, 200)]
    [InlineData(1001, 413)]
    public Task Announced_content_over_its_limit_is_413(int size, int status) =>
        AssertAnswer($"POST /app/ HTTP/1.1\r\nHost: scp.test\r\nContent-Length: {size}\r\n\r\n{new string('x', size)}", status);

    [Theory]
    [InlineData(1000, 200)]
    [InlineData(1001, 413)]
    public Task Chunked_content_over_its_limit_is_413(int size, int status) =>
        AssertAnswer($"POST /app/ HTTP/1.1\r\nHost: scp.test\r\nTransfer-Encoding: chunked\r\n\r\n{size - 1:x}\r\n{new string('x', size - 1)}\r\n1\r\nx\r\n0\r\n\r\n", status);

    [Theory]
    [InlineData(256, 200)]
    [InlineData(257, 431)]
    public Task Trailers_over_their_limit_are_431(int size, int status) =>
        AssertAnswer($"POST /app/ HTTP/1.1\r\nHost: scp.test\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX: {new string('x', size - 7)}\r\n\r\n", status);

    [Theory]
    [InlineData(64, 200)]
    [InlineData(65, 400)]
    public Task Chunk_extensions_over_their_limit_are_400(int size, int status) =>
        AssertAnswer($"POST /app/ HTTP/1.1\r\nHost: scp.test\r\nTransfer-Encoding: chunked\r\n\r\n1;{new string('x', size - 1)}\r\nx\r\n0\r\n\r\n", status);

    [Fact]
    public Task An_unknown_expectation_is_417() =>
        AssertAnswer("POST /app/ HTTP/1.1\r\nHost: scp.test\r\nContent-Length: 1\r\nExpect: a-miracle\r\n\r\n", 417);

    [Fact]
    public Task A_malformed_request_is_400() => AssertAnswer("GET /app/ HTTP/1.1\r\nHost: scp.test\r\nX : x\r\n\r\n", 400);

    [Fact]
    public Task A_head_that_does_not_end_is_408() => AssertAnswer("GET /app/ HTTP/1.1\r\nHost: scp.test\r\n", 408);

    [Fact]
    public Task A_body_that_stops_is_408() => AssertAnswer("POST /app/ HTTP/1.1\r\nHost: scp.test\r\nContent-Length: 10\r\n\r\nhalf", 408);

    [Fact]
    public Task A_chunked_body_that_stops_is_408() =>
        AssertAnswer("POST /app/ HTTP/1.1\r\nHost: scp.test\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", 408);

    [Fact]
    public async Task A_refused_request_is_answered_even_if_the_client_has_closed_its_side()
    {
        using var client = await _proxy.ConnectAsync();
        await client.SendAsync("NONSENSE\r\n\r\n");
        client.FinishSending();
        var (text, ending) = await client.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 400 ", text);
        Assert.Equal(Ending.Fin, ending);
    }

    [Fact]
    public async Task A_client_that_closes_its_side_after_the_request_still_gets_the_response()
    {
        using var client = await _proxy.ConnectAsync();
        await client.GetAsync("/app/");
        client.FinishSending();
        var (text, ending) = await client.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 200 ", text);
        Assert.Equal(Ending.Fin, ending);
    }

    [Fact]
    public async Task A_client_that_goes_away_is_logged_as_499_and_the_origin_is_told()
    {
        using var client = await _proxy.ConnectAsync();
        await client.GetAsync("/app/waits");
        await _originHasTheHead.Task.WaitAsync(TimeSpan.FromSeconds(15));
        client.Reset();
        await _originSawTheEnd.Task.WaitAsync(TimeSpan.FromSeconds(15));
        var logged = _proxy.Logged("/app/waits")[0];
        Assert.Equal((499, "client-disconnected"), (logged.Status, logged.Error));
    }

    [Fact]
    public async Task A_client_that_goes_away_inside_its_content_is_logged_as_499_and_the_origin_is_told()
    {
        using var client = await _proxy.ConnectAsync();
        await client.SendAsync("POST /app/waits HTTP/1.1\r\nHost: scp.test\r\nContent-Length: 10\r\n\r\nhalf");
        await _originHasTheHead.Task.WaitAsync(TimeSpan.FromSeconds(15));
        client.Dispose();
        await _originSawTheEnd.Task.WaitAsync(TimeSpan.FromSeconds(15));
        Assert.Equal(499, _proxy.Logged("/app/waits")[0].Status);
    }

    /// <summary>Sends it on a connection of its own; a refusal closes the connection, a good answer does not.</summary>
    private async Task AssertAnswer(string request, int status)
    {
        using var client = await _proxy.ConnectAsync();
        await client.SendAsync(request);
        var answer = await client.ReadAnswerAsync();
        Assert.Equal(status, answer.Status);
        if (status < 400)
        {
            Assert.Equal(200, (await client.AskAsync("/local")).Status);
            return;
        }

        Assert.Equal("http_request_error", answer.ProxyError);
        Assert.Equal("close", answer.Field("Connection"));
        Assert.Equal(Ending.Fin, (await client.ReadToEndAsync()).Ending);
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private async Task Answer(RawConnection connection)
    {
        while (true)
        {
            var head = await connection.ReadHeadAsync();
            _originHasTheHead.TrySetResult();
            if (head.Contains("/waits"))
            {
                await connection.ReadToEndAsync();
                _originSawTheEnd.SetResult();
                return;
            }

            if (head.Contains("Content-Length: ")) await connection.ReadAsync(int.Parse(head.Split("Content-Length: ")[1].Split('\r')[0]));
            if (head.Contains("chunked")) await connection.ReadHeadAsync(); // up to the empty line at its end
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        }
    }
}
