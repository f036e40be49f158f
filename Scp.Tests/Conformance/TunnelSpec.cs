using Scp.Tests.Support;

namespace Scp.Tests.Conformance;

/// <summary>Upgrade (RFC 9110 7.8) and what follows it, WebSocket above all.</summary>
[Collection(PipelineTests.Name)]
public sealed class TunnelSpec(PipelineFixture fixture)
{
    private const string Upgrade = "GET /chat HTTP/1.1\r\nHost: a.example\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    private const string Switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    [Fact]
    public void An_upgrade_passes_with_what_it_needs_and_bytes_flow_both_ways()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Nothing);
        var (client, origin) = Open(proxy);

        Assert.Equal("Upgrade", RawMessage.Field(origin.Received, "Connection"));
        Assert.Equal("websocket", RawMessage.Field(origin.Received, "Upgrade"));
        Assert.Equal("Upgrade", RawMessage.Field(client.Received, "Connection"));
        Assert.Equal("websocket", RawMessage.Field(client.Received, "Upgrade"));

        client.Send("GET / HTTP/1.1\r\n\r\nno request any more\0");
        origin.ReadUntil("no request any more\0");
        origin.Send("nor a response\0");
        client.ReadUntil("\r\n\r\nnor a response\0");
    }

    [Fact]
    public void Bytes_behind_the_request_are_held_until_101()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Nothing);
        var client = proxy.Connect();
        client.Send(Upgrade + "early");
        var origin = proxy.Origin.Connection();
        Assert.EndsWith("\r\n\r\n", origin.ReadUntil("\r\n\r\n"));

        origin.Send(Switching + "hello");

        Assert.EndsWith("\r\n\r\nearly", origin.ReadUntil("early"));
        client.ReadUntil("\r\n\r\nhello");
    }

    [Fact]
    public void Bytes_behind_the_request_are_the_next_request_when_the_answer_is_not_101()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Respond(r => r.Contains("/chat", StringComparison.Ordinal) ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno" : OriginScripts.OkResponse));
        var client = proxy.Connect();

        client.Send(Upgrade + "GET /next HTTP/1.1\r\nHost: a.example\r\n\r\n");

        client.ReadUntil("\r\n\r\nok");
        Assert.Contains("\r\n\r\nno", client.Received);
        Assert.Contains("GET /next HTTP/1.1", proxy.Origin.Received);
    }

    [Fact]
    public void The_client_s_FIN_passes_and_the_origin_may_go_on()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Nothing);
        var (client, origin) = Open(proxy);

        client.Send("bye");
        client.Finish();
        Assert.EndsWith("bye", origin.ReadToEnd());
        origin.Send("one more thing");
        client.ReadUntil("one more thing");
        origin.Finish();

        client.ReadToEnd();
    }

    [Fact]
    public void The_origin_s_FIN_passes_and_the_client_may_go_on_to_its_last_byte()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Nothing);
        var (client, origin) = Open(proxy);

        origin.Send("bye");
        origin.Finish();
        Assert.EndsWith("bye", client.ReadToEnd());
        client.Send("one more thing");
        origin.ReadUntil("one more thing");
        client.Send(new string('x', 200_000) + "the end");
        client.Finish();

        Assert.EndsWith("the end", origin.ReadToEnd());
    }

    [Fact]
    public void The_last_bytes_reach_an_origin_that_reads_them_late()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Nothing);
        var (client, origin) = Open(proxy);
        origin.Pause();
        origin.Finish();
        client.ReadToEnd();

        client.Send(new string('x', 100_000) + "the end");
        client.Finish();
        origin.Resume();

        Assert.EndsWith("the end", origin.ReadToEnd());
    }

    [Fact]
    public void The_origin_s_FIN_does_not_cut_bytes_that_wait_for_it()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Nothing);
        var (client, origin) = Open(proxy);
        origin.Pause();
        client.Send(new string('x', 100_000) + "the end");
        client.Finish();

        origin.Finish();
        origin.Resume();

        Assert.EndsWith("the end", origin.ReadToEnd());
        client.ReadToEnd();
    }

    [Fact]
    public void FIN_behind_bytes_that_are_held_passes_after_101()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Nothing);
        var client = proxy.Connect();
        client.Send(Upgrade + "early");
        client.Finish();
        var origin = proxy.Origin.Connection();
        origin.ReadUntil("\r\n\r\n");

        origin.Send(Switching);

        Assert.EndsWith("early", origin.ReadToEnd());
        origin.Finish();
        client.ReadToEnd();
    }

    [Fact]
    public void A_reset_passes_as_a_reset()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Nothing);
        var (client, origin) = Open(proxy);

        origin.Abort();

        client.ReadToReset();
    }

    [Fact]
    public void A_client_that_resets_a_tunnel_resets_the_origin()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Nothing);
        var (client, origin) = Open(proxy);

        client.Abort();

        origin.ReadToReset();
    }

    [Fact]
    public void A_half_closed_tunnel_ends_when_the_other_side_is_silent()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Nothing, "scp.timeouts.half-closed = 30s");
        var (client, origin) = Open(proxy);
        client.Finish();
        origin.ReadToEnd();

        proxy.Advance(TimeSpan.FromSeconds(20));
        origin.Send("still here");
        client.ReadUntil("still here");
        proxy.Advance(TimeSpan.FromSeconds(20));
        Assert.False(client.IsOver);
        proxy.Advance(TimeSpan.FromSeconds(11));

        client.ReadToReset();
    }

    [Fact]
    public void A_half_closed_tunnel_stays_while_the_client_goes_on()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Nothing, "scp.timeouts.half-closed = 30s");
        var (client, origin) = Open(proxy);
        origin.Finish();
        client.ReadToEnd();

        for (var i = 0; i < 3; i++)
        {
            proxy.Advance(TimeSpan.FromSeconds(20));
            client.Send($"still here {i}");
            origin.ReadUntil($"still here {i}");
        }
    }

    [Fact]
    public void An_idle_tunnel_ends_at_its_timeout()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Nothing, "scp.timeouts.tunnel-idle = 1h");
        var (client, _) = Open(proxy);

        proxy.Advance(TimeSpan.FromMinutes(59));
        Assert.False(client.IsOver);
        proxy.Advance(TimeSpan.FromMinutes(2));

        Eventually.Holds(() => client.IsOver);
    }

    [Fact]
    public void A_tunnel_s_connection_is_never_used_for_a_request()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Nothing);
        var (client, origin) = Open(proxy);
        client.Finish();
        origin.ReadToEnd();
        origin.Finish();
        client.ReadToEnd();

        proxy.Connect().Send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");

        proxy.Origin.Connection(1).ReadUntil("\r\n\r\n");
    }

    private static (MemoryPeer Client, MemoryOriginConnection Origin) Open(PipelineHarness proxy)
    {
        var client = proxy.Connect();
        client.Send(Upgrade);
        var origin = proxy.Origin.Connection();
        origin.ReadUntil("\r\n\r\n");
        origin.Send(Switching);
        client.ReadUntil("\r\n\r\n");
        return (client, origin);
    }
}
