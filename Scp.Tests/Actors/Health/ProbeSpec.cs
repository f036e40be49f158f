using System.Net;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Scp.Actors.BackendPools;
using Scp.Actors.Health;
using Scp.Streams.Dispatch;
using Scp.Streams.Transport;
using Scp.Tests.Actors.BackendPools;
using Scp.Tests.EndToEnd.Support;
using Scp.Tests.Support;

namespace Scp.Tests.Actors.Health;

/// <summary>What probes make of what backends do, in memory and over real sockets.</summary>
public sealed class ProbeSpec() : TestKit("akka.loglevel = OFF")
{
    private const string Http = "health-check { type = http, path = \"/healthz?full=1\", timeout = 5s }";

    [Fact]
    public void It_asks_for_the_path_and_wants_the_connection_closed()
    {
        var origin = new MemoryOrigin(OriginScripts.Ok);

        Assert.Null(Probe(origin, Http));

        Assert.Equal(
            "GET /healthz?full=1 HTTP/1.1\r\nHost: 127.0.0.1:1\r\nUser-Agent: scp-health-check\r\nAccept: */*\r\nConnection: close\r\n\r\n",
            origin.Received);
        Assert.Equal(0, origin.Connection().ReadToEnd().Split("\r\n").Count(l => l.StartsWith("GET /x", StringComparison.Ordinal)));
    }

    [Fact]
    public void It_says_the_Host_and_the_method_that_are_configured()
    {
        var origin = new MemoryOrigin(OriginScripts.Say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"));

        Assert.Null(Probe(origin, "health-check { type = http, method = HEAD, host = shop.example }"));

        Assert.StartsWith("HEAD / HTTP/1.1\r\nHost: shop.example\r\n", origin.Received);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", null)]
    [InlineData("HTTP/1.1 399 \r\n\r\n", null)]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", null)]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\n\r\n", "the status is 503")]
    [InlineData("HTTP/1.1 400 Bad Request\r\nContent-Length: 9\r\n\r\n", "the status is 400")]
    [InlineData("nonsense\r\n\r\n", "the response of the backend is malformed")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 0\n\n", "the response of the backend is malformed")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "the response of the backend is malformed")]
    [InlineData("", "the backend closed the connection without a response")]
    [InlineData("HTTP/1.1 200", "the backend closed the connection without a response")]
    public void The_head_decides(string response, string? failure) =>
        Assert.Equal(failure, Probe(new MemoryOrigin(OriginScripts.SayAndClose(response)), Http));

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nall is well", null)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nall is\r\n5\r\n well\r\n0\r\n\r\n", null)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nall is well", null)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nall is ", "the content is not what is expected")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "the content is not what is expected")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nall is well", "the response of the backend is incomplete")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nbc\r\n", "the response of the backend is incomplete")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxx\r\n", "the response of the backend is malformed")]
    public void The_content_decides_when_it_is_asked_for(string response, string? failure) => Assert.Equal(failure, Probe(
        new MemoryOrigin(OriginScripts.SayAndClose(response)), "health-check { type = http, body = \"is (well|fine)$\" }"));

    [Fact]
    public void No_more_content_is_read_than_the_limit_says()
    {
        var endless = "HTTP/1.1 200 OK\r\n\r\n" + new string('x', 300_000);

        Assert.Equal("the content is not what is expected", Probe(
            new MemoryOrigin(OriginScripts.Say(endless)), "health-check { type = http, body = y, body-limit = 100KiB }"));
    }

    [Fact]
    public void A_head_without_end_is_refused() => Assert.Equal(
        "the response head is too large",
        Probe(new MemoryOrigin(OriginScripts.Say("HTTP/1.1 200 OK\r\nX: " + new string('x', 70_000))), Http));

    [Fact]
    public void Interim_responses_without_end_are_refused() => Assert.Equal(
        "the backend sent too many interim responses",
        Probe(new MemoryOrigin(OriginScripts.Say(string.Concat(Enumerable.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 100)))), Http));

    [Fact]
    public void A_reset_is_a_failure() => Assert.Equal(
        "the connection was reset", Probe(new MemoryOrigin(connection => connection.Abort()), Http));

    [Fact]
    public void However_the_bytes_are_cut_the_verdict_is_the_same()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var cut = seed;
            var origin = new MemoryOrigin(OriginScripts.SayAndClose("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nall is\r\n5\r\n well\r\n0\r\n\r\n"))
            {
                Cuts = () => new Rechunker(cut),
            };
            Assert.Null(Probe(origin, "health-check { type = http, body = \"all is well\" }"));
        }
    }

    [Fact]
    public void A_backend_that_wants_the_PROXY_protocol_gets_a_header_that_names_nobody()
    {
        var origin = new MemoryOrigin(OriginScripts.Nothing);
        var prober = Prober(origin, Http + ", connections.send-proxy-protocol = v1", new IPEndPoint(IPAddress.Loopback, 1));

        Eventually.Holds(() => origin.Connections.Count > 0 && origin.Received.StartsWith("PROXY UNKNOWN\r\nGET /healthz", StringComparison.Ordinal));
        Sys.Stop(prober);
    }

    [Fact]
    public void Every_buffer_comes_back()
    {
        var before = BufferPool.Shared.Outstanding;
        Probe(new MemoryOrigin(OriginScripts.SayAndClose("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nall")), "health-check { type = http, body = x }");
        Probe(new MemoryOrigin(OriginScripts.SayAndClose("nonsense\r\n\r\n")), Http);

        Eventually.Holds(() => BufferPool.Shared.Outstanding <= before);
    }

    [Fact]
    public void Over_real_sockets_a_backend_that_answers_passes()
    {
        using var origin = MisbehavingOrigin.Start(async c =>
        {
            await c.ReadHeadAsync();
            await c.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });

        Assert.Null(Probe(SocketConnector.Instance, Http, origin.Address));
        Assert.Null(Probe(SocketConnector.Instance, "health-check.type = tcp", origin.Address));
    }

    [Fact]
    public void Over_real_sockets_every_other_end_is_a_failure_with_a_reason()
    {
        using var closing = MisbehavingOrigin.Start(c =>
        {
            c.Dispose();
            return Task.CompletedTask;
        });
        using var silent = MisbehavingOrigin.Start(_ => Task.CompletedTask);

        Assert.Equal("the backend refused the connection", Probe(SocketConnector.Instance, Http, MisbehavingOrigin.Refusing()));
        Assert.Equal("the backend refused the connection", Probe(SocketConnector.Instance, "health-check.type = tcp", MisbehavingOrigin.Refusing()));
        Assert.NotNull(Probe(SocketConnector.Instance, Http, closing.Address));
        Assert.Equal("no answer within 0.2 s", Probe(SocketConnector.Instance, "health-check { type = http, timeout = 200ms }", silent.Address));
    }

    [Fact]
    public void Another_port_than_that_of_the_traffic_may_be_probed()
    {
        using var origin = MisbehavingOrigin.Start(_ => Task.CompletedTask);

        Assert.Null(Probe(SocketConnector.Instance, $"health-check {{ type = tcp, port = {origin.Address.Port} }}", MisbehavingOrigin.Refusing()));
    }

    private string? Probe(IConnector connector, string settings, EndPoint? address = null)
    {
        var prober = Prober(connector, settings, address ?? new IPEndPoint(IPAddress.Loopback, 1));
        var probed = ExpectMsg<Probed>(TimeSpan.FromSeconds(10));
        Sys.Stop(prober);
        return probed.Failure;
    }

    /// <summary>Runs a first probe at once.</summary>
    private IActorRef Prober(IConnector connector, string settings, EndPoint address)
    {
        var backend = new Backend("a", address);
        var prober = ActorOfAsTestActorRef<BackendActor>(Props.Create(() => new BackendActor(backend, connector, 1)), TestActor);
        prober.Tell(new ProbePlan(ProbeCheck.Of(PoolStates.Settings(1, settings), address), TimeSpan.FromHours(1), 0, IsUrgent: true));
        return prober;
    }
}
