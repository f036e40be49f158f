using System.Net;
using Scp.Streams.Dispatch.Mirroring;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Dispatch.Mirroring;

/// <summary>Copies of requests through the whole pipeline: the origin is at port 1, the mirror at port 2.</summary>
[Collection(PipelineTests.Name)]
public sealed class MirroringSpec(PipelineFixture fixture)
{
    private const int MirrorPort = 2;
    private const string Get = "GET /m/1?x=2 HTTP/1.1\r\nHost: shop.example\r\nAccept: text/css\r\n\r\n";

    [Fact]
    public void The_mirror_gets_what_the_origin_gets_and_a_field_that_says_so()
    {
        using var harness = Start(OriginScripts.Ok);

        var response = harness.Exchange(Get, "ok");

        Assert.StartsWith("HTTP/1.1 200", response);
        var copy = Received(harness, "\r\n\r\n");
        Assert.StartsWith("GET /m/1?x=2 HTTP/1.1\r\nHost: shop.example\r\nAccept: text/css\r\n", copy);
        Assert.Equal(harness.Origin.At(1)[0].Received, copy.Replace("X-Mirrored-By: scp\r\n", "", StringComparison.Ordinal));
        Ends(harness, MirrorOutcome.Answered);
    }

    [Fact]
    public void A_client_cannot_forge_the_field_of_a_copy()
    {
        using var harness = Start(OriginScripts.Ok);

        harness.Exchange("GET /m/ HTTP/1.1\r\nHost: a\r\nX-Mirrored-By: me\r\n\r\n", "ok");

        var copy = Received(harness, "\r\n\r\n");
        Assert.Equal("scp", RawMessage.Field(copy, "X-Mirrored-By"));
        Assert.DoesNotContain("me\r\n", copy);
        Ends(harness, MirrorOutcome.Answered);
    }

    [Fact]
    public void The_client_never_sees_the_response_of_the_mirror()
    {
        using var harness = Start(Mirror(OriginScripts.Say("HTTP/1.1 500 Broken\r\nContent-Length: 6\r\n\r\nbroken")));
        var client = harness.Connect();
        for (var i = 1; i <= 3; i++)
        {
            client.Send(Get);
            Ends(harness, MirrorOutcome.Answered, i);
        }

        Assert.DoesNotContain("roken", client.ReadUntil("ok"));
        Assert.Equal(3, harness.Pool("shadow").Backends[0].Outcomes.Failures); // the health of the mirror is its own
        Assert.Equal(0, harness.Pool("origin").Backends[0].Outcomes.Failures);
    }

    [Fact]
    public void Chunked_content_is_copied_with_its_length()
    {
        using var harness = Start(OriginScripts.Ok);
        var client = harness.Connect();
        client.Send("POST /m/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n4\r\nWiki\r\n");
        client.Send("5\r\npedia\r\n0\r\nX-Sum: 9\r\n\r\n");
        client.ReadUntil("ok");

        var copy = Received(harness, "Wikipedia");
        Assert.Equal("9", RawMessage.Field(copy, "Content-Length"));
        Assert.Null(RawMessage.Field(copy, "Transfer-Encoding"));
        Assert.Null(RawMessage.Field(copy, "Trailer"));
        Ends(harness, MirrorOutcome.Answered);
    }

    [Theory]
    [InlineData(10_000, true)]
    [InlineData(10_001, false)]
    public void Content_up_to_the_limit_is_copied(int length, bool isCopied)
    {
        using var harness = Start(OriginScripts.Ok, "max-content = 10000B");
        var content = new string('~', length);

        harness.Exchange($"POST /m/ HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{content}", "ok");
        harness.Exchange($"POST /m/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n{content}\r\n0\r\n\r\n", "ok");

        Ends(harness, isCopied ? MirrorOutcome.Answered : MirrorOutcome.TooLarge, 2);
        Assert.Equal(isCopied ? 2 * length : 0, harness.Origin.At(MirrorPort).Sum(c => c.Received.Count(x => x == '~')));
        Assert.Equal(2 * length, harness.Origin.At(1).Sum(c => c.Received.Count(x => x == '~')));
    }

    [Fact]
    public void Copies_share_connections()
    {
        using var harness = Start(OriginScripts.Ok);
        for (var i = 1; i <= 5; i++)
        {
            harness.Exchange(Get, "ok");
            Ends(harness, MirrorOutcome.Answered, i);
        }

        Assert.Single(harness.Origin.At(MirrorPort));
    }

    [Fact]
    public void A_mirror_that_never_answers_is_given_up_and_the_client_does_not_notice()
    {
        using var harness = Start(Mirror(OriginScripts.Nothing));
        for (var i = 0; i < 3; i++) Assert.StartsWith("HTTP/1.1 200", harness.Exchange(Get, "ok"));
        Eventually.Holds(() => harness.Origin.At(MirrorPort).Count == 3);

        Eventually.Holds(() => Times(harness, TimeSpan.FromSeconds(5)), "The copies were not given up.");

        Ends(harness, MirrorOutcome.TimedOut, 3);
        Assert.All(harness.Origin.At(MirrorPort), c => Eventually.Holds(() => c.IsReset));
        Assert.Equal(0, harness.Pool("shadow").Backends[0].ActiveExchanges);
    }

    [Theory]
    [InlineData((int)ConnectFate.Refused, (int)MirrorOutcome.Failed)]
    [InlineData((int)ConnectFate.Hanging, (int)MirrorOutcome.TimedOut)]
    public void A_mirror_that_cannot_be_reached_changes_nothing_for_the_client(int fate, int outcome)
    {
        using var harness = Start(OriginScripts.Ok);
        harness.Origin.Fate = address => (address as IPEndPoint)?.Port == MirrorPort ? (ConnectFate)fate : ConnectFate.Accepted;

        Assert.StartsWith("HTTP/1.1 200", harness.Exchange(Get, "ok"));

        Eventually.Holds(() => Times(harness, TimeSpan.FromSeconds(5)), "The copy did not end.");
        Ends(harness, (MirrorOutcome)outcome);
    }

    [Fact]
    public void No_more_copies_are_under_way_than_allowed()
    {
        using var harness = Start(Mirror(OriginScripts.Nothing), "max-in-flight = 2");
        for (var i = 0; i < 6; i++) Assert.StartsWith("HTTP/1.1 200", harness.Exchange(Get, "ok"));

        Eventually.Holds(() => Load(harness).Count(MirrorOutcome.TooMany) == 4);
        Eventually.Holds(() => harness.Origin.At(MirrorPort).Count == 2);
        Assert.Equal(2, Load(harness).InFlight);

        foreach (var connection in harness.Origin.At(MirrorPort)) connection.Send(OriginScripts.OkResponse);
        Ends(harness, MirrorOutcome.Answered, 2);
        harness.Exchange(Get, "ok");
        Eventually.Holds(() => Load(harness).InFlight == 1);
        Eventually.Holds(() => harness.Origin.At(MirrorPort).Sum(c => Occurrences(c.Received, "GET ")) == 3);
        foreach (var connection in harness.Origin.At(MirrorPort)) connection.Abort();
        Ends(harness, MirrorOutcome.Failed);
    }

    [Fact]
    public void A_client_that_goes_away_in_the_middle_of_its_content_is_not_copied()
    {
        using var harness = Start(OriginScripts.Ok);
        var client = harness.Connect();
        client.Send("POST /m/ HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234");
        Eventually.Holds(() => Load(harness).InFlight == 1);

        client.Abort();

        Ends(harness, MirrorOutcome.Incomplete);
        Assert.Empty(harness.Origin.At(MirrorPort));
    }

    [Theory]
    [InlineData("GET /m/ HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")]
    [InlineData("POST /m/ HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi")]
    public void What_only_one_can_answer_is_not_copied(string request)
    {
        using var harness = Start(OriginScripts.Ok);

        harness.Exchange(request, "ok");

        Assert.Equal((0, 0), (Load(harness).InFlight, Load(harness).Count(MirrorOutcome.Answered)));
        Assert.Empty(harness.Origin.At(MirrorPort));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n", false)]
    [InlineData("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", true)]
    public void A_large_response_is_read_and_thrown_away(string head, bool endsWithClose)
    {
        using var harness = Start(Mirror(connection =>
        {
            if (!connection.TryTake(out _)) return;
            connection.Send(head);
            for (var i = 0; i < 30; i++) connection.Send(new string('x', 10_000));
            if (endsWithClose) connection.Finish();
        }));

        harness.Exchange(Get, "ok");

        Ends(harness, MirrorOutcome.Answered);
    }

    [Fact]
    public void A_malformed_response_ends_the_copy()
    {
        using var harness = Start(Mirror(OriginScripts.Say("SSH-2.0-OpenSSH_9\r\n\r\n")));

        harness.Exchange(Get, "ok");

        Ends(harness, MirrorOutcome.Failed);
    }

    [Fact]
    public void Host_names_the_backend_of_the_mirror_when_the_route_says_backend()
    {
        using var harness = Start(OriginScripts.Ok, more: "scp.routes.m.rewrite.host = backend");

        harness.Exchange(Get, "ok");

        Assert.Equal("127.0.0.1:2", RawMessage.Field(Received(harness, "\r\n\r\n"), "Host"));
        Ends(harness, MirrorOutcome.Answered);
    }

    [Fact]
    public void A_full_backend_of_the_mirror_gets_no_copy()
    {
        using var harness = Start(Mirror(OriginScripts.Nothing), more: "scp.pools.shadow.limits.max-requests-per-backend = 1");
        harness.Exchange(Get, "ok");
        Eventually.Holds(() => harness.Origin.At(MirrorPort).Count == 1);

        harness.Exchange(Get, "ok");

        Eventually.Holds(() => Load(harness).Count(MirrorOutcome.NoBackend) == 1);
        harness.Origin.At(MirrorPort)[0].Send(OriginScripts.OkResponse);
        Ends(harness, MirrorOutcome.Answered);
    }

    /// <summary>The seed is fixed, and four standard deviations of 600 draws with p = 0.3 are 45.</summary>
    [Fact]
    public void The_share_is_what_is_configured()
    {
        using var harness = Start(OriginScripts.Ok, "share = 30%, max-in-flight = 600"); // none is left out because others are under way
        var client = harness.Connect();
        for (var i = 1; i <= 600; i++)
        {
            client.Send(Get);
            Eventually.Holds(() => harness.Completed.Records.Count == i);
        }

        Eventually.Holds(() => Load(harness).InFlight == 0);
        Assert.InRange(Load(harness).Count(MirrorOutcome.Answered), 180 - 45, 180 + 45);
    }

    [Fact]
    public void A_mirror_that_hashes_does_so_by_its_own_key()
    {
        using var harness = Start(OriginScripts.Ok, more: $$"""
            scp.pools.shadow {
              backends = [{ address = "127.0.0.1:{{MirrorPort}}" }, { address = "127.0.0.1:3" }]
              load-balancing = ring-hash
              hash { key = path, bounded-load = off }
            }
            """);
        var client = harness.Connect();

        for (var i = 1; i <= 20; i++)
        {
            client.Send($"GET /m/{i} HTTP/1.1\r\nHost: a\r\n\r\n");
            Ends(harness, MirrorOutcome.Answered, i);
        }

        Assert.NotEmpty(harness.Origin.At(MirrorPort));
        Assert.NotEmpty(harness.Origin.At(3));
    }

    private PipelineHarness Start(Action<MemoryOriginConnection> script, string mirror = "", string more = "") => new(fixture, script, $$"""
        scp.pools.shadow.backends = [{ address = "127.0.0.1:{{MirrorPort}}" }]
        scp.routes.m { path = "/m/*", pool = origin, mirror { pool = shadow, {{mirror}} } }
        {{more}}
        """);

    /// <summary>The origin answers "ok", the mirror does this.</summary>
    private static Action<MemoryOriginConnection> Mirror(Action<MemoryOriginConnection> script) => connection =>
    {
        if ((connection.Address as IPEndPoint)?.Port == MirrorPort) script(connection);
        else OriginScripts.Ok(connection);
    };

    private static MirrorLoad Load(PipelineHarness harness) => harness.Pool("shadow").Load.MirrorOf("m");

    private static string Received(PipelineHarness harness, string end)
    {
        Eventually.Holds(() => harness.Origin.At(MirrorPort).Count > 0, "No copy came to the mirror.");
        return harness.Origin.At(MirrorPort)[0].ReadUntil(end);
    }

    private static void Ends(PipelineHarness harness, MirrorOutcome outcome, int count = 1)
    {
        Eventually.Holds(() => Load(harness).Count(outcome) >= count, $"There were not {count} copies that ended as {outcome}.");
        Eventually.Holds(() => Load(harness).InFlight == 0);
        Assert.Equal(count, Load(harness).Count(outcome));
        Eventually.Holds(() => harness.Pool("shadow").Load.ActiveExchanges == 0);
    }

    /// <summary>The timer of a copy begins on another thread: time passes until it rang.</summary>
    private static bool Times(PipelineHarness harness, TimeSpan step)
    {
        harness.Time.Advance(step);
        return Load(harness).InFlight == 0;
    }

    private static int Occurrences(string text, string part) => text.Split(part).Length - 1;
}
