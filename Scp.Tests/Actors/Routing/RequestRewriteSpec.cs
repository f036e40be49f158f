using CsCheck;
using Scp.Actors.Routing;
using Scp.Streams.Messages;
using Scp.Tests.Support;
using static Scp.Tests.Support.Routes;

namespace Scp.Tests.Actors.Routing;

public class RequestRewriteSpec
{
    [Theory]
    [InlineData("/api", null, "/api/users", "/users")]
    [InlineData("/api", null, "/api", "/")]
    [InlineData("/api", null, "/api/", "/")]
    [InlineData("/api", null, "/apiary", "/apiary")]
    [InlineData("/api", null, "/other", "/other")]
    [InlineData("/api", "/v1", "/api/users", "/v1/users")]
    [InlineData("/api", "/v1", "/api", "/v1")]
    [InlineData("/api", "/v1", "/api/", "/v1/")]
    [InlineData(null, "/v1", "/users", "/v1/users")]
    [InlineData(null, "/v1", "/", "/v1/")]
    public void Prefixes_are_stripped_and_added_at_segments(string? strip, string? add, string path, string expected) =>
        Assert.Equal(expected, Rewrite("/*", NoRewrite with { StripPrefix = strip, AddPrefix = add }, path));

    [Theory]
    [InlineData("/users/{id}", "/people/{id}", "/users/42", "/people/42")]
    [InlineData("/users/{id}/{what}", "/{what}/of/{id}", "/users/42/orders", "/orders/of/42")]
    [InlineData("/users/{id}/*", "/u/{id}/{rest}", "/users/42/a/b", "/u/42/a/b")]
    [InlineData("/users/{id}/*", "/u/{id}/{rest}", "/users/42", "/u/42/")]
    [InlineData("/a", "/b{path}", "/a", "/b/a")]
    [InlineData("~^/v([0-9]+)/(?<what>.*)$", "/{what}/$1", "/v12/x/y", "/x/y/12")]
    [InlineData("/users/{id}", "/caf\u00e9/{id}", "/users/a%2Fb", "/caf%C3%A9/a%2Fb")]
    public void A_new_path_is_written_from_captures(string pattern, string template, string path, string expected) =>
        Assert.Equal(expected, Rewrite(pattern, NoRewrite with { Path = template }, path));

    [Theory]
    [InlineData("/{a}/{b}", "/safe/{a}{b}/x", "/./.", "/safe/x")]
    [InlineData("/{a}/{b}/*", "/safe/{a}{b}/{rest}", "/./.;x/..%2Fb", "/safe/")]
    [InlineData("/{a}/*", "/safe/{rest}", "/x/a%5C%2e%2e/b", "/safe/b")]
    [InlineData("/{a}/*", "/safe/{rest}", "/x/../../etc/passwd", "/safe/etc/passwd")]
    [InlineData("/{a}/*", "/safe/{rest}", "/x/%2e%2E/etc", "/safe/etc")]
    [InlineData("/{a}/*", "/safe/{rest}", "/x/a/..", "/safe/a/")]
    [InlineData("/{a}", "/safe/{a}", "/a\r\nX-Evil: 1", "/safe/a%0D%0AX-Evil:%201")]
    [InlineData("/{a}", "/safe/{a}", "/a?b#c", "/safe/a%3Fb%23c")]
    [InlineData("/{a}", "/safe/{a}", "/100%", "/safe/100%25")]
    [InlineData("/{a}", "/safe/{a}", "/a\\b\u00e9\0", "/safe/a%5Cb%E9%00")]
    [InlineData("~^/(.*)$", "/$1", "//evil.example/x", "/evil.example/x")]
    [InlineData("~^/(..)(.*)$", "/$1/$2", "/%2e%2e/x", "/%252/e./x")]
    public void A_capture_brings_in_nothing_that_means_something_else(string pattern, string template, string path, string expected) =>
        // The parser lets none of these through; the rewrite does not rely on it.
        Assert.Equal(expected, Rewrite(pattern, NoRewrite with { Path = template }, path, isRaw: true));

    [Fact]
    public void Whatever_the_path_the_rewritten_one_is_normalised() =>
        Gen.Select(Gen.Char["//..;%25eEfFc a\r\n\\?#\u00e9"].Array[0, 12], Gen.Int[0, 3]).Sample((chars, which) =>
        {
            var rewrite = which switch
            {
                0 => NoRewrite with { StripPrefix = "/a" },
                1 => NoRewrite with { AddPrefix = "/v1" },
                2 => NoRewrite with { Path = "/x/{rest}" },
                _ => NoRewrite with { Path = "/{rest}" },
            };
            var path = Rewrite("/*", rewrite, "/" + new string(chars), isRaw: true);
            Assert.Matches(@"^/(?!/)([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2})*\z", path);
            Assert.DoesNotMatch(@"(/|%2F|%5C)(\.|%2E){1,2}(/|;|%2F|%5C|\z)", path);
        });

    [Fact]
    public void The_query_stays()
    {
        var request = Apply("/*", NoRewrite with { AddPrefix = "/v1" }, Requests.Get("h.example", "/a?x=1"));
        Assert.Equal("x=1"u8, request.QueryBytes);
        Assert.True(request.Target.HasQuery);
    }

    [Fact]
    public void The_captures_are_those_of_the_path_that_matched()
    {
        var table = Table(("r", Rewriting("/a/{x}/b /c/d/{x}", NoRewrite with { Path = "/{x}" })));
        foreach (var path in new[] { "/a/1/b", "/c/d/1" })
        {
            var request = Requests.Get("h.example", path);
            table.Match(request, out _)!.Rewrite!.Apply(request);
            Assert.Equal("/1", Requests.PathOf(request));
        }
    }

    [Fact]
    public void Another_host_is_sent_with_its_port()
    {
        var request = Apply("/*", NoRewrite with { Host = "Internal.example:8080" }, Requests.Get("shop.example", "/"));
        Assert.Equal("internal.example"u8, request.HostBytes);
        Assert.Equal("internal.example:8080"u8, request.AuthorityBytes);
        Assert.Equal(8080, request.Target.Port);
        Assert.Equal("internal.example:8080", request.Fields.Text(KnownField.Host));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("keep", false)]
    [InlineData("backend", true)]
    public void A_host_that_is_kept_or_the_backends_needs_no_rewrite(string? host, bool isBackends)
    {
        var route = Table(("r", Rewriting("/*", NoRewrite with { Host = host }))).Match(Requests.Get("h.example", "/"), out _)!;
        Assert.Null(route.Rewrite);
        Assert.Equal(isBackends, route.SendsBackendHost);
    }

    [Fact]
    public void A_target_without_path_is_left_alone() =>
        Assert.Equal("", Requests.PathOf(Apply("", NoRewrite with { AddPrefix = "/v1" }, Requests.Of("OPTIONS", "h.example", "*"))));

    private static string Rewrite(string pattern, RewriteSettings rewrite, string path, bool isRaw = false)
    {
        var request = isRaw ? Requests.Get("h.example", "/") : Requests.Get("h.example", path);
        if (isRaw) request.Target.Path = request.Fields.AppendBytes(System.Text.Encoding.Latin1.GetBytes(path));
        return Requests.PathOf(Apply(pattern, rewrite, request));
    }

    private static RequestHead Apply(string pattern, RewriteSettings rewrite, RequestHead request)
    {
        Table(("r", Rewriting(pattern, rewrite))).Match(request, out _)!.Rewrite!.Apply(request);
        return request;
    }
}
