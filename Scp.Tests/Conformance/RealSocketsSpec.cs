using Scp.Tests.Support;

namespace Scp.Tests.Conformance;

/// <summary>What only kernel sockets can show: FIN and RST on the wire, and the attacks once more through everything.</summary>
public sealed class RealSocketsSpec : IAsyncLifetime
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";

    private ScriptedOrigin _origin = null!;
    private ProxyUnderTest _proxy = null!;

    public async Task InitializeAsync()
    {
        _origin = new ScriptedOrigin(AnswerAsync);
        _proxy = await ProxyUnderTest.StartAsync(_origin.EndPoint, "scp.routes.local { path = \"/local\", respond { status = 200, body = \"local\" } }");
    }

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _origin.DisposeAsync();
    }

    [Fact]
    public void A_client_that_asks_to_close_sees_FIN()
    {
        using var client = _proxy.Connect();

        client.Send("GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n");

        Assert.EndsWith("\r\n\r\nok", client.ReadToEnd());
        Assert.StartsWith("GET / HTTP/1.1\r\nHost: a.example\r\n", _origin.Received);
    }

    [Fact]
    public void Every_attack_in_a_head_is_refused_before_a_byte_reaches_the_origin()
    {
        foreach (var row in Attacks.InTheHead)
        {
            using var client = _proxy.Connect();
            client.TrySend((string)row[1] + Attacks.Smuggled);

            var answer = client.ReadToEnd();
            Assert.True(answer.StartsWith($"HTTP/1.1 {row[2]} ", StringComparison.Ordinal), $"{row[0]}: {answer}");
            Assert.True(RawMessage.TryMeasure(answer, out var length) && length == answer.Length, $"{row[0]}: {answer}");
        }

        Assert.Equal("", _origin.Received);
    }

    [Fact]
    public void Every_attack_in_chunks_ends_both_connections()
    {
        foreach (var row in Attacks.InTheChunks)
        {
            using var client = _proxy.Connect();
            client.TrySend("POST /first HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n" + (string)row[1] + Attacks.Smuggled);

            Assert.True(client.ReadToEnd().StartsWith($"HTTP/1.1 {row[2]} ", StringComparison.Ordinal), $"{row[0]}: {client.Received}");
        }

        Eventually.Holds(() => _origin.Connections.All(c => c.IsReset || c.IsFinished));
        Assert.DoesNotContain("GET /smuggled", _origin.Received);
    }

    [Theory]
    [InlineData("/cut-length")]
    [InlineData("/cut-chunks")]
    public void A_response_that_is_cut_short_is_a_reset(string path)
    {
        using var client = _proxy.Connect();

        client.Send($"GET {path} HTTP/1.1\r\nHost: a.example\r\n\r\n");

        client.ReadToReset();
    }

    [Fact]
    public void A_refused_upload_gets_its_answer_while_the_client_still_sends()
    {
        using var client = _proxy.Connect();
        client.Send($"POST /first HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n");
        for (var i = 0; i < 256; i++) client.Send(new string('x', 64 * 1024));

        Assert.StartsWith("HTTP/1.1 400 ", client.ReadToEnd());
    }

    [Fact]
    public void A_client_that_half_closes_gets_a_large_answer_whole()
    {
        using var client = _proxy.Connect();

        client.Send("GET /large HTTP/1.1\r\nHost: a.example\r\n\r\n");
        client.Finish();

        Assert.EndsWith(new string('x', 1000) + "END", client.ReadToEnd());
        Assert.Equal(5_000_003, ContentSpec.Body(client.Received).Length);
    }

    [Fact]
    public void Pipelined_requests_are_answered_in_their_order()
    {
        using var client = _proxy.Connect();

        client.Send(Get + "GET /local HTTP/1.1\r\nHost: a.example\r\n\r\n" + Get.Replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", StringComparison.Ordinal));

        var bodies = client.ReadToEnd().Split("\r\n\r\n")[1..].Select(b => b.Split("HTTP/")[0]);
        Assert.Equal(["ok", "local", "ok"], bodies);
    }

    [Fact]
    public async Task A_tunnel_half_closes_in_both_orders()
    {
        foreach (var clientFirst in (bool[])[true, false])
        {
            using var client = _proxy.Connect();
            client.Send("GET /tunnel HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
            client.ReadUntil("\r\n\r\n");
            var origin = _origin.Connections[^1];
            if (clientFirst) client.Finish();
            else origin.Finish();
            if (clientFirst) Eventually.Holds(() => origin.IsFinished);
            else client.ReadToEnd();

            if (clientFirst)
            {
                await origin.SendAsync("last words");
                origin.Finish();
                Assert.EndsWith("last words", client.ReadToEnd());
            }
            else
            {
                client.Send("last words");
                client.Finish();
                Eventually.Holds(() => origin.IsFinished);
                Assert.EndsWith("last words", origin.Received);
            }
        }
    }

    private static Task AnswerAsync(ScriptedOrigin.Connection connection, string request)
    {
        switch (request.Split(' ')[1])
        {
            case "/cut-length": return CutAsync(connection, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
            case "/cut-chunks": return CutAsync(connection, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nonly this\r\n");
            case "/large": return connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: 5000003\r\n\r\n{new string('x', 5_000_000)}END");
            case "/tunnel": return connection.SendAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n");
            default: return connection.SendAsync(OriginScripts.OkResponse);
        }
    }

    private static async Task CutAsync(ScriptedOrigin.Connection connection, string text)
    {
        await connection.SendAsync(text);
        connection.Finish();
    }
}
