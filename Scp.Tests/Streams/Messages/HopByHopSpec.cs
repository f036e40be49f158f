using CsCheck;
using Scp.Streams.Errors;
using Scp.Streams.Messages;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Messages;

public class HopByHopSpec
{
    [Theory]
    [InlineData("Connection: keep-alive")]
    [InlineData("Keep-Alive: timeout=5")]
    [InlineData("Proxy-Connection: keep-alive")]
    [InlineData("TE: gzip")]
    [InlineData("Transfer-Encoding: chunked")]
    [InlineData("Upgrade: h2c")]
    [InlineData("HTTP2-Settings: AAMAAABkAAQAAP__")]
    [InlineData("Proxy-Authenticate: Basic")]
    [InlineData("Proxy-Authorization: Basic Zm9v")]
    [InlineData("Proxy-Authentication-Info: nextnonce=1")]
    public void A_hop_by_hop_field_is_removed_in_both_directions(string line)
    {
        var request = Heads.Request("Accept: */*", line);
        var response = Heads.Response(request, 200, line, "Server: origin");

        Assert.Equal(ProxyError.None, HopByHop.StripRequest(request));
        HopByHop.StripResponse(response, request);

        Assert.Equal(["Accept: */*"], Heads.Lines(request.Fields));
        Assert.Equal(["Server: origin"], Heads.Lines(response.Fields));
    }

    [Fact]
    public void Every_field_that_connection_names_is_removed_from_all_its_lines()
    {
        var request = Heads.Request("X-One: 1", "Connection: close, x-one", "x-ONE: again", "Connection: ,X-Two ,", "X-Two: 2", "X-Three: 3");
        HopByHop.StripRequest(request);
        Assert.Equal(["X-Three: 3"], Heads.Lines(request.Fields));
    }

    [Theory]
    [InlineData("Host: example.com")]
    [InlineData("Content-Length: 5")]
    [InlineData("Authorization: Basic Zm9v")]
    [InlineData("Cookie: a=b")]
    [InlineData("Set-Cookie: a=b")]
    [InlineData("Via: 1.1 other")]
    [InlineData("Forwarded: for=192.0.2.1")]
    [InlineData("X-Forwarded-For: 192.0.2.1")]
    [InlineData("X-Forwarded-Host: example.com")]
    [InlineData("X-Forwarded-Proto: https")]
    [InlineData("X-Forwarded-Ssl: on")]
    [InlineData("X-Real-IP: 192.0.2.1")]
    [InlineData("Cache-Control: no-store")]
    public void A_protected_field_stays_although_connection_names_it(string line)
    {
        var request = Heads.Request(line, $"Connection: {line[..line.IndexOf(':', StringComparison.Ordinal)]}");
        HopByHop.StripRequest(request);
        Assert.Equal([line], Heads.Lines(request.Fields));
    }

    [Fact]
    public void Te_is_sent_anew_when_the_client_accepts_trailers()
    {
        var request = Heads.Request("TE: trailers, deflate;q=0.5", "Connection: TE");
        request.AcceptsTrailers = true;
        HopByHop.StripRequest(request);
        Assert.Equal(["TE: trailers", "Connection: TE"], Heads.Lines(request.Fields));
    }

    [Fact]
    public void An_upgrade_that_was_asked_for_keeps_its_field_and_gets_a_connection_of_its_own()
    {
        var request = Heads.Request("Upgrade: websocket", "Connection: keep-alive, Upgrade", "Sec-WebSocket-Key: k");
        request.AsksToUpgrade = true;
        HopByHop.StripRequest(request);
        Assert.Equal(["Upgrade: websocket", "Sec-WebSocket-Key: k", "Connection: Upgrade"], Heads.Lines(request.Fields));
    }

    [Fact]
    public void Trailers_and_an_upgrade_share_one_connection_field()
    {
        var request = Heads.Request("Upgrade: websocket", "TE: trailers", "Connection: Upgrade, TE");
        request.AsksToUpgrade = request.AcceptsTrailers = true;
        HopByHop.StripRequest(request);
        Assert.Equal(["Upgrade: websocket", "TE: trailers", "Connection: TE, Upgrade"], Heads.Lines(request.Fields));
    }

    [Fact]
    public void A_101_keeps_upgrade_and_any_other_status_loses_it()
    {
        var request = Heads.Request();
        var switching = Heads.Response(request, 101, "Upgrade: websocket", "Connection: upgrade");
        var refused = Heads.Response(request, 426, "Upgrade: websocket", "Connection: upgrade");
        HopByHop.StripResponse(switching, request);
        HopByHop.StripResponse(refused, request);
        Assert.Equal(["Upgrade: websocket", "Connection: Upgrade"], Heads.Lines(switching.Fields));
        Assert.Empty(Heads.Lines(refused.Fields));
    }

    [Theory]
    [InlineData(BodyFraming.Chunked, true)]
    [InlineData(BodyFraming.Length, false)]
    public void The_announcement_of_trailers_passes_with_chunked_requests_only(BodyFraming framing, bool passes)
    {
        var request = Heads.Request("Trailer: Digest");
        request.Framing = framing;
        HopByHop.StripRequest(request);
        Assert.Equal(passes, request.Fields.IndexOf(KnownField.Trailer) >= 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_announcement_of_trailers_passes_to_clients_that_accept_them_only(bool accepts)
    {
        var request = Heads.Request();
        request.AcceptsTrailers = accepts;
        var response = Heads.Response(request, 200, "Trailer: Digest");
        response.Framing = BodyFraming.Chunked;
        HopByHop.StripResponse(response, request);
        Assert.Equal(accepts, response.Fields.IndexOf(KnownField.Trailer) >= 0);
    }

    [Fact]
    public void A_request_whose_connection_names_hundreds_of_fields_is_refused()
    {
        var names = string.Join(',', Enumerable.Range(0, 200).Select(i => $"x{i}"));
        Assert.Equal(ProxyError.MalformedField, HopByHop.StripRequest(Heads.Request($"Connection: {names}")));
    }

    [Fact]
    public void Whatever_connection_names_only_that_and_the_hop_by_hop_fields_disappear_and_order_stays() =>
        Gen.Int[0, 9].Array[0, 12].Select(Gen.Int[0, 9].Array[0, 5]).Sample((present, nominated) =>
        {
            var request = Heads.Request(
            [
                .. present.Select((n, i) => $"X-Field-{n}: {i}"), "Keep-Alive: 1",
                .. nominated.Select(n => $"connection: x-field-{n}"),
            ]);
            HopByHop.StripRequest(request);
            Assert.Equal(
                present.Select((n, i) => (n, i)).Where(f => !nominated.Contains(f.n)).Select(f => $"X-Field-{f.n}: {f.i}"),
                Heads.Lines(request.Fields));
        });
}
