using Scp.Streams.Errors;
using Scp.Streams.Messages;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Messages;

public class ForwardingRulesSpec
{
    [Fact]
    public void A_request_is_stripped_marked_and_told_of_its_client_in_that_order()
    {
        var request = Heads.Request("Host: example.com", "Connection: close, X-Secret", "X-Secret: 1", "Accept: */*");
        Assert.Equal(ProxyError.None, Heads.Rules().PrepareRequest(request, request.Exchange.Connection, out var isLast));
        Assert.False(isLast);
        Assert.Equal(
            [
                "Host: example.com", "Accept: */*", "X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: http",
                "X-Forwarded-Host: example.com", "X-Forwarded-Port: 80", "Via: 1.1 scp",
            ],
            Heads.Lines(request.Fields));
    }

    [Fact]
    public void A_request_that_passed_here_before_is_a_loop()
    {
        var request = Heads.Request("Via: 1.1 SCP");
        Assert.Equal(ProxyError.LoopDetected, Heads.Rules().PrepareRequest(request, request.Exchange.Connection, out _));
    }

    [Fact]
    public void The_last_recipient_answers_and_the_head_is_left_as_received()
    {
        var request = Heads.Request("Max-Forwards: 0", "Connection: close");
        request.Method = Method.Options;
        Assert.Equal(ProxyError.None, Heads.Rules().PrepareRequest(request, request.Exchange.Connection, out var isLast));
        Assert.True(isLast);
        Assert.Equal(["Max-Forwards: 0", "Connection: close"], Heads.Lines(request.Fields));
    }

    [Theory]
    [InlineData(true, ProxyError.MalformedField)]
    [InlineData(false, ProxyError.None)]
    public void An_underscore_in_a_name_is_refused_when_the_settings_say_so(bool rejects, ProxyError error)
    {
        var rules = Heads.Rules(Heads.Settings with { RejectUnderscores = rejects });
        var request = Heads.Request("X_User: 1");
        Assert.Equal(error, rules.PrepareRequest(request, request.Exchange.Connection, out _));
    }

    [Fact]
    public void Cdn_loop_is_not_touched()
    {
        var request = Heads.Request("CDN-Loop: foo", "Connection: CDN-Loop");
        Heads.Rules().PrepareRequest(request, request.Exchange.Connection, out _);
        Assert.Equal("foo", request.Fields.Text(KnownField.CdnLoop));
    }

    [Fact]
    public void A_final_response_gets_a_date_when_it_has_none_and_keeps_the_one_it_has()
    {
        var request = Heads.Request();
        var without = Heads.Response(request, 200, "Keep-Alive: timeout=5");
        var with = Heads.Response(request, 200, "Date: Mon, 07 Nov 1994 08:49:37 GMT");
        var interim = Heads.Response(request, 103, "Link: </a>");
        foreach (var response in new[] { without, with, interim }) Heads.Rules().PrepareResponse(response, request);
        Assert.Equal(["Date: Sun, 06 Nov 1994 08:49:37 GMT"], Heads.Lines(without.Fields));
        Assert.Equal(["Date: Mon, 07 Nov 1994 08:49:37 GMT"], Heads.Lines(with.Fields));
        Assert.Equal(["Link: </a>"], Heads.Lines(interim.Fields));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Via_in_responses_is_a_setting(bool via)
    {
        var request = Heads.Request();
        var response = Heads.Response(request, 200);
        Heads.Rules(Heads.Settings with { ViaInResponses = via }).PrepareResponse(response, request);
        Assert.Equal(via ? "1.1 scp" : null, response.Fields.Text(KnownField.Via));
    }

    [Theory]
    [InlineData("scp", "scp; error=destination_not_found; details=\"no-route\"")]
    [InlineData("edge-1.example:8080", "edge-1.example:8080; error=destination_not_found; details=\"no-route\"")]
    [InlineData("10.0.0.1", "\"10.0.0.1\"; error=destination_not_found; details=\"no-route\"")]
    public void The_pseudonym_is_a_token_or_a_string_in_proxy_status(string pseudonym, string value) =>
        Assert.Equal(value, Heads.Text(Heads.Rules(Heads.Settings with { Pseudonym = pseudonym }).ProxyStatusOf(ProxyError.NoRoute)));

    [Fact]
    public void An_ordinary_request_costs_no_allocation()
    {
        var rules = Heads.Rules();
        var connection = Heads.Connection();
        var requests = Enumerable.Range(0, 200)
            .Select(_ => Heads.Request(connection, "Host: example.com", "Accept: */*", "Connection: keep-alive")).ToArray();
        foreach (var request in requests.AsSpan(0, 100)) rules.PrepareRequest(request, connection, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var request in requests.AsSpan(100)) rules.PrepareRequest(request, connection, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
