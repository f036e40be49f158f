using Scp.Tests.Support;

namespace Scp.Tests.Conformance;

/// <summary>1xx responses and Expect (RFC 9110 10.1.1 and 15.2).</summary>
[Collection(PipelineTests.Name)]
public sealed class InterimSpec(PipelineFixture fixture)
{
    [Fact]
    public void Interim_responses_pass_to_HTTP_1_1_in_their_order()
    {
        using var proxy = new PipelineHarness(
            fixture, OriginScripts.Say("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nConnection: X\r\nX: y\r\n\r\nHTTP/1.1 199 Odd\r\n\r\n" + OriginScripts.OkResponse));

        var answer = proxy.Exchange("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", "ok");

        Assert.StartsWith("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 199 Odd\r\n\r\nHTTP/1.1 200 OK\r\n", answer);
    }

    [Fact]
    public void Interim_responses_never_pass_to_HTTP_1_0()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Say("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + OriginScripts.OkResponse));

        var answer = proxy.ExchangeUntilClose("GET / HTTP/1.0\r\nHost: a.example\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer);
        Assert.Single(answer.Split("HTTP/1.1")[1..]);
    }

    [Fact]
    public void The_origin_decides_whether_expected_content_is_sent()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Nothing);
        var client = proxy.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a.example\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        var origin = proxy.Origin.Connection();
        origin.ReadUntil("\r\n\r\n");
        Assert.Equal("100-continue", RawMessage.Field(origin.Received, "Expect"));
        Assert.Equal("", client.Received);

        origin.Send("HTTP/1.1 100 Continue\r\n\r\n");
        client.ReadUntil("HTTP/1.1 100 Continue\r\n\r\n");
        client.Send("hello");
        origin.ReadUntil("\r\n\r\nhello");
        origin.Send(OriginScripts.OkResponse);
        client.ReadUntil("\r\n\r\nok");

        client.Send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        origin.ReadUntil("\r\n\r\n");
        Assert.Single(proxy.Origin.Connections);
    }

    [Fact]
    public void A_final_response_instead_of_100_closes_both_connections()
    {
        using var proxy = new PipelineHarness(fixture, origin =>
        {
            if (origin.TryTakeHead()) origin.Send("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 2\r\n\r\nno");
        });

        var answer = proxy.ExchangeUntilClose("POST / HTTP/1.1\r\nHost: a.example\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 417 ", answer);
        Assert.EndsWith("\r\n\r\nno", answer);
        Eventually.Holds(() => proxy.Origin.Connection().IsOver);
    }

    [Fact]
    public void Content_that_does_not_wait_for_100_passes_all_the_same()
    {
        using var proxy = new PipelineHarness(fixture);

        proxy.Exchange("POST / HTTP/1.1\r\nHost: a.example\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\nhello", "\r\n\r\nok");

        Assert.EndsWith("\r\n\r\nhello", proxy.Origin.Received);
    }

    [Fact]
    public void A_100_that_nobody_asked_for_does_no_harm()
    {
        using var proxy = new PipelineHarness(fixture, OriginScripts.Say("HTTP/1.1 100 Continue\r\n\r\n" + OriginScripts.OkResponse));
        var client = proxy.Connect();

        client.Send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        client.ReadUntil("ok");
        client.Send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        Eventually.Holds(() => client.Received.Split("\r\n\r\nok").Length == 3);

        Assert.Single(proxy.Origin.Connections);
    }
}
