using CsCheck;
using Scp.Streams.Dispatch;
using Scp.Streams.Messages;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Messages;

public class ForwardedFieldsSpec
{
    [Theory]
    [InlineData("X-Forwarded-For")]
    [InlineData("x-forwarded-proto")]
    [InlineData("X-Forwarded-Host")]
    [InlineData("X-Forwarded-Port")]
    [InlineData("X-Forwarded-Prefix")]
    [InlineData("X-Forwarded-Ssl")]
    [InlineData("Forwarded")]
    [InlineData("X-Real-IP")]
    [InlineData("X-Original-URL")]
    [InlineData("X-Rewrite-URL")]
    [InlineData("X_Forwarded_For")]
    [InlineData("X-Forwarded_For")]
    [InlineData("x_real_ip")]
    [InlineData("X_ORIGINAL-URL")]
    [InlineData("X_Rewrite_URL")]
    public void An_untrusted_client_cannot_say_who_it_is(string name)
    {
        var request = Heads.Request("Accept: */*", $"{name}: spoofed");
        ForwardedFields.Apply(request, request.Exchange.Connection, ForwardedFieldStyle.Off);
        Assert.Equal(["Accept: */*"], Heads.Lines(request.Fields));
    }

    [Fact]
    public void Similar_names_stay()
    {
        var request = Heads.Request("X-Forward: 1", "X-Real: 1", "Forwarded-X: 1", "X-Rewrite-URLs: 1");
        ForwardedFields.Apply(request, request.Exchange.Connection, ForwardedFieldStyle.Off);
        Assert.Equal(4, Heads.Lines(request.Fields).Length);
    }

    [Fact]
    public void The_origin_learns_address_scheme_host_and_port()
    {
        var request = Heads.Request(Heads.Connection(tls: true), "X-Forwarded-For: 1.1.1.1", "X-Forwarded-Proto: http");
        ForwardedFields.Apply(request, request.Exchange.Connection, ForwardedFieldStyle.XForwarded);
        Assert.Equal(
            ["X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: https", "X-Forwarded-Host: example.com", "X-Forwarded-Port: 443"],
            Heads.Lines(request.Fields));
    }

    [Fact]
    public void The_port_is_the_one_that_the_client_named()
    {
        var request = Heads.Request();
        request.Target.Port = 8443;
        ForwardedFields.Apply(request, request.Exchange.Connection, ForwardedFieldStyle.XForwarded);
        Assert.Equal("8443", request.Fields.Text(KnownField.XForwardedPort));
    }

    [Fact]
    public void A_trusted_proxy_is_believed_and_its_list_continued_on_one_line()
    {
        var request = Heads.Request(
            Heads.Connection("10.0.0.2:1", trusted: true),
            "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https", "X-Forwarded-For: 10.0.0.1", "X-Forwarded-Host: shop.example",
            "X-Real-IP: 203.0.113.9");
        ForwardedFields.Apply(request, request.Exchange.Connection, ForwardedFieldStyle.XForwarded);
        Assert.Equal(
            [
                "X-Forwarded-For: 203.0.113.9, 10.0.0.1, 10.0.0.2", "X-Forwarded-Proto: https", "X-Forwarded-Host: shop.example",
                "X-Real-IP: 203.0.113.9", "X-Forwarded-Port: 80",
            ],
            Heads.Lines(request.Fields));
    }

    [Theory]
    [InlineData("192.0.2.7:1", "for=192.0.2.7;host=example.com;proto=http")]
    [InlineData("[2001:db8::1]:1", "for=\"[2001:db8::1]\";host=example.com;proto=http")]
    [InlineData("[::ffff:192.0.2.7]:1", "for=192.0.2.7;host=example.com;proto=http")]
    public void Forwarded_follows_rfc_7239(string remote, string value)
    {
        var request = Heads.Request(Heads.Connection(remote));
        ForwardedFields.Apply(request, request.Exchange.Connection, ForwardedFieldStyle.Forwarded);
        Assert.Equal([$"Forwarded: {value}"], Heads.Lines(request.Fields));
    }

    [Fact]
    public void A_host_that_is_no_token_is_quoted_and_a_trusted_list_is_continued()
    {
        var request = Heads.Request(Heads.Connection(trusted: true, tls: true), "Forwarded: for=203.0.113.9");
        request.Target.Authority = request.Fields.AppendBytes("[::1]:8080"u8);
        ForwardedFields.Apply(request, request.Exchange.Connection, ForwardedFieldStyle.Forwarded);
        Assert.Equal(["Forwarded: for=203.0.113.9, for=192.0.2.7;host=\"[::1]:8080\";proto=https"], Heads.Lines(request.Fields));
    }

    [Fact]
    public void A_unix_socket_is_an_unknown_node()
    {
        var unix = new System.Net.Sockets.UnixDomainSocketEndPoint("/run/scp.sock");
        var connection = ClientConnectionInfo.Create(1, "local", unix, unix, unix, isTrustedProxy: false);
        var request = Heads.Request(connection);
        ForwardedFields.Apply(request, connection, ForwardedFieldStyle.Forwarded);
        Assert.StartsWith("for=unknown;", request.Fields.Text(KnownField.Forwarded), StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_element_is_always_the_peer_whatever_the_trusted_proxy_sent() =>
        Gen.String[Gen.Char["1.,: ;ax"], 0, 300].Array[0, 20].Sample(lists =>
        {
            var request = Heads.Request(Heads.Connection(trusted: true), [.. lists.Select(l => $"X-Forwarded-For: {l}")]);
            ForwardedFields.Apply(request, request.Exchange.Connection, ForwardedFieldStyle.Both);
            var expected = string.Join(", ", lists.Select(l => l.Trim()).Where(l => l.Length > 0).Append("192.0.2.7"));
            Assert.Equal(expected, request.Fields.Text(KnownField.XForwardedFor));
            Assert.Single(Heads.Lines(request.Fields), l => l.StartsWith("X-Forwarded-For:", StringComparison.Ordinal));
        });
}
