using Scp.Streams.Errors;
using Scp.Streams.Messages;
using static Scp.Tests.Streams.Http1.Heads;

namespace Scp.Tests.Streams.Http1;

public class RequestTargetParserSpec
{
    private static RequestHead Target(string method, string target, string host = "a.example") =>
        Request(Message($"{method} {target} HTTP/1.1", "Host: " + host));

    private static ProxyError TargetError(string method, string target) =>
        RequestError(Message($"{method} {target} HTTP/1.1", "Host: a.example"));

    [Fact]
    public void An_empty_query_is_told_from_none()
    {
        Assert.False(Target("GET", "/a").Target.HasQuery);
        var head = Target("GET", "/a?");
        Assert.True(head.Target.HasQuery);
        Assert.Equal("", Text(head.QueryBytes));
    }

    [Theory]
    [InlineData("/a|b{c}[d]\"e<f>`g^h'i")]
    [InlineData("/a?b\\c|d{e}[f]\"g<h>`i^j?k/../%zz%00")]
    public void Odd_characters_that_real_clients_send_pass_untouched(string target)
    {
        var head = Target("GET", target);
        var query = head.Target.HasQuery ? "?" + Text(head.QueryBytes) : "";
        Assert.Equal(target, Text(head.PathBytes) + query);
    }

    [Theory]
    [InlineData("http://Other.Example/x?y", "http", "Other.Example", "other.example", 0, "/x", "y")]
    [InlineData("http://b:81/x", "http", "b:81", "b", 81, "/x", null)]
    [InlineData("HTTPS://b", "https", "b", "b", 0, "/", null)]
    [InlineData("http://b?q", "http", "b", "b", 0, "/", "q")]
    [InlineData("http://[::1]:8080/%7ea/../b", "http", "[::1]:8080", "[::1]", 8080, "/b", null)]
    public void An_absolute_target_wins_over_host(
        string target, string scheme, string authority, string host, int port, string path, string? query)
    {
        var head = Target("GET", target, "a.example");
        Assert.Equal(TargetForm.Absolute, head.Target.Form);
        Assert.Equal(scheme, Text(head.Fields.Bytes(head.Target.Scheme)));
        Assert.Equal(authority, Text(head.AuthorityBytes));
        Assert.Equal(authority, head.Fields.Text(KnownField.Host));
        Assert.Equal(host, Text(head.HostBytes));
        Assert.Equal(port, head.Target.Port);
        Assert.Equal(path, Text(head.PathBytes));
        Assert.Equal(query, head.Target.HasQuery ? Text(head.QueryBytes) : null);
        Assert.Equal(target, Text(head.Fields.Bytes(head.Target.Raw)));
    }

    [Fact]
    public void An_absolute_target_without_host_gets_one_in_http10() =>
        Assert.Equal("b:1", Request(Message("GET http://b:1/ HTTP/1.0")).Fields.Text(KnownField.Host));

    [Fact]
    public void An_absolute_target_does_not_excuse_a_missing_host() =>
        Assert.Equal(ProxyError.MissingHost, RequestError(Message("GET http://b/ HTTP/1.1")));

    [Theory]
    [InlineData("http://user@b/")]
    [InlineData("http://user:pass@b/")]
    [InlineData("http://a@b@c/")]
    [InlineData("http:///x")]
    [InlineData("http://")]
    [InlineData("http:/x")]
    [InlineData("http:x")]
    [InlineData("http://b\\c/")]
    [InlineData("http://b:99999/")]
    [InlineData("http://b:/")]
    [InlineData("ftp://b/")]
    [InlineData("gopher:b")]
    [InlineData("file:///etc/passwd")]
    [InlineData("b.example")]
    [InlineData("b.example:80")]
    [InlineData("*")]
    [InlineData("?x")]
    [InlineData("\\x")]
    [InlineData("**")]
    public void No_other_target_is_accepted(string target) => Assert.Equal(ProxyError.MalformedTarget, TargetError("GET", target));

    [Fact]
    public void Asterisk_is_for_options_only()
    {
        var head = Target("OPTIONS", "*");
        Assert.Equal(TargetForm.Asterisk, head.Target.Form);
        Assert.True(head.Target.Path.IsEmpty);
        Assert.Equal("a.example", Text(head.HostBytes));
        Assert.Equal(ProxyError.MalformedTarget, TargetError("POST", "*"));
    }

    [Fact]
    public void An_absolute_options_without_path_means_the_server_itself()
    {
        var head = Target("OPTIONS", "http://b:8001");
        Assert.Equal(TargetForm.Asterisk, head.Target.Form);
        Assert.Equal("b:8001", Text(head.AuthorityBytes));
    }

    [Fact]
    public void Connect_names_host_and_port()
    {
        var head = Target("CONNECT", "B.example:443");
        Assert.Equal(TargetForm.Authority, head.Target.Form);
        Assert.Equal(("b.example", 443), (Text(head.HostBytes), (int)head.Target.Port));
        Assert.Equal("B.example:443", head.Fields.Text(KnownField.Host));
        Assert.True(head.Target.Path.IsEmpty);
    }

    [Theory]
    [InlineData("b.example")]
    [InlineData("b.example:")]
    [InlineData("b.example:0")]
    [InlineData("b.example:65536")]
    [InlineData("b.example:443/")]
    [InlineData("u@b.example:443")]
    [InlineData("http://b.example:443")]
    [InlineData("/")]
    [InlineData("*")]
    public void Connect_with_anything_else_is_refused(string target) =>
        Assert.Equal(ProxyError.MalformedTarget, TargetError("CONNECT", target));

    [Fact]
    public void Http11_needs_exactly_one_host()
    {
        Assert.Equal(ProxyError.MissingHost, RequestError("GET / HTTP/1.1\r\n\r\n"));
        Assert.Equal(ProxyError.InvalidHost, RequestError(Get("Host: b")));
        Assert.Equal(ProxyError.InvalidHost, RequestError(Get("host: a.example")));
        Assert.Equal(ProxyError.InvalidHost, RequestError(Message("GET / HTTP/1.0", "Host: a", "Host: a")));
    }

    [Fact]
    public void Http10_may_go_without_host()
    {
        var head = Request("GET / HTTP/1.0\r\n\r\n");
        Assert.True(head.Target.Host.IsEmpty);
        Assert.True(head.Target.Authority.IsEmpty);
    }

    [Theory]
    [InlineData("a", "a", 0)]
    [InlineData("a.b.", "a.b.", 0)]
    [InlineData("my_host-1:80", "my_host-1", 80)]
    [InlineData("A:0", "a", 0)]
    [InlineData("A:65535", "a", 65535)]
    [InlineData("127.0.0.1:80", "127.0.0.1", 80)]
    [InlineData("[::1]", "[::1]", 0)]
    [InlineData("[2001:DB8::1]:443", "[2001:db8::1]", 443)]
    [InlineData("[::ffff:1.2.3.4]", "[::ffff:1.2.3.4]", 0)]
    public void A_valid_host_is_taken_apart(string value, string host, int port)
    {
        var head = Target("GET", "/", value);
        Assert.Equal((host, port, value), (Text(head.HostBytes), head.Target.Port, Text(head.AuthorityBytes)));
        Assert.Equal(value, head.Fields.Text(KnownField.Host));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(":80")]
    [InlineData("a:")]
    [InlineData("a:80:80")]
    [InlineData("a:8o")]
    [InlineData("a:+80")]
    [InlineData("a:-1")]
    [InlineData("a: 80")]
    [InlineData("a:65536")]
    [InlineData("a:080000")]
    [InlineData("a b")]
    [InlineData("a, b")]
    [InlineData("a,b")]
    [InlineData("u@a")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a?b")]
    [InlineData("a#b")]
    [InlineData("a%00")]
    [InlineData("a%2eb")]
    [InlineData("a;b")]
    [InlineData("\"a\"")]
    [InlineData("<a>")]
    [InlineData("a\u00e9")]
    [InlineData(".a")]
    [InlineData("a..b")]
    [InlineData("::1")]
    [InlineData("[::1")]
    [InlineData("[::1]x")]
    [InlineData("[::1]:")]
    [InlineData("[]")]
    [InlineData("[1.2.3.4]")]
    [InlineData("[::g]")]
    [InlineData("[fe80::1%25eth0]")]
    [InlineData("[v1.x]")]
    [InlineData("[1:2:3:4:5:6:7:8:9]")]
    [InlineData("[[::1]]")]
    public void A_host_outside_the_grammar_is_refused(string value) =>
        Assert.Equal(ProxyError.InvalidHost, RequestError(Message("GET / HTTP/1.1", "Host: " + value)));
}
