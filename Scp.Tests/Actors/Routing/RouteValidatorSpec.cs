using Scp.Actors.Routing;
using Scp.Streams.Messages;
using static Scp.Tests.Support.Routes;

namespace Scp.Tests.Actors.Routing;

public class RouteValidatorSpec
{
    [Fact]
    public void Good_routes_have_no_errors() => Assert.Empty(Validate(
        ("shop", To("shop.example *.shop.example", "/ /cart/* /users/{id}/orders ~^/v[0-9]+/", "GET PURGE", "X-A=*", "v=~^2")),
        ("rewritten", Rewriting("/users/{id}/*", NoRewrite with { Path = "/u/{id}/{rest}", Host = "backend" })),
        ("prefixed", Rewriting("/api/*", NoRewrite with { StripPrefix = "/api", AddPrefix = "/v1", Host = "internal.example:8080" })),
        ("moved", Redirecting("/old/*", "https://{host}:8443{path}{query}")),
        ("health", Responding(200, "ok\n", ("Cache-Control", "no-store")) with { Path = ["/health"] })));

    [Fact]
    public void A_mirror_is_a_pool_there_is_beside_a_pool() => Assert.Equal(
        [
            new RouteError("scp.routes.typo.mirror.pool", "there is no pool \"mian\"; there is main, spare"),
            new RouteError("scp.routes.local.mirror.pool", "only what is forwarded to a pool can be mirrored"),
        ],
        Validate(
            ("typo", To(path: "/a") with { Mirror = To().Mirror with { Pool = "mian" } }),
            ("local", Responding(200) with { Path = ["/b"], Mirror = To().Mirror with { Pool = "main" } })));

    [Theory]
    [InlineData("*", "leave host out to match any")]
    [InlineData("", "it is empty; leave host out to match any")]
    [InlineData("shop.example:8080", "a host has no port and no scheme here")]
    [InlineData("a.*.example", "\"*\" stands only for the first labels, as in \"*.example.com\"")]
    [InlineData("a..example", "it has an empty label")]
    [InlineData("caf\u00e9.example", "write it in its ASCII form (xn--...)")]
    [InlineData("a b", "only letters, digits, \"-\", \"_\" and \".\" are allowed")]
    [InlineData("[::1", "an IPv6 address is written [::1], without a port")]
    public void A_host_is_a_name_or_a_wildcard(string host, string why) =>
        Assert.Equal([new RouteError("scp.routes.r.host", $"\"{host}\" is not a host: {why}")], Validate(("r", To() with { Host = [host] })));

    [Theory]
    [InlineData("cart", "it begins with \"/\", or with \"~\" when it is a regular expression")]
    [InlineData("*", "leave path out to match any")]
    [InlineData("/a*", "\"*\" stands only for the last segment, as in \"/cart/*\"; else use a regular expression (~...)")]
    [InlineData("/a?b=c", "a path has no \"?\" and no \"#\"; parameters are matched by query { }")]
    [InlineData("/a/../b", "requests arrive without \".\" and \"..\" segments")]
    [InlineData("/a{id}", "a capture is a whole segment, as in \"/users/{id}\"")]
    [InlineData("/{id}/{id}", "{id} is there twice")]
    [InlineData("/{host}", "{host} is a name that rewrites and redirects use; call the capture otherwise")]
    [InlineData("/{a b}", "a capture is named by letters, digits, \"-\" and \"_\"")]
    [InlineData("~(?=a)b", "the regular expression uses what takes unbounded time (look-around, back-references, atomic groups) or is too large")]
    [InlineData("~", "the regular expression is empty")]
    public void A_path_has_one_of_four_forms(string path, string why) =>
        Assert.Equal([new RouteError("scp.routes.r.path", $"\"{path}\" is not a path: {why}")], Validate(("r", To() with { Path = [path] })));

    [Fact]
    public void A_bad_regular_expression_is_told_with_its_reason()
    {
        var error = Assert.Single(Validate(("r", To(path: "~^/(a"))));
        Assert.Contains("Not enough )'s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_are_reported_at_once()
    {
        var bad = To("a:1", "b", "G\u00cbT", "X-\u00c4=1 X-B=~(", "q=~[") with { Listeners = ["publik"], Pool = "man" };
        Assert.Equal(
            [
                "scp.routes.\"my.shop\".listeners", "scp.routes.\"my.shop\".host", "scp.routes.\"my.shop\".path", "scp.routes.\"my.shop\".method",
                "scp.routes.\"my.shop\".header.\"X-\u00c4\"", "scp.routes.\"my.shop\".header.X-B", "scp.routes.\"my.shop\".query.q",
                "scp.routes.\"my.shop\".pool", "scp.routes.second",
            ],
            Validate(("my.shop", bad), ("second", To() with { Pool = null })).Select(e => e.Path));
    }

    [Fact]
    public void A_route_does_exactly_one_thing()
    {
        Says("", "it says neither pool, nor redirect.to, nor respond.status", To() with { Pool = null });
        Says("", "it says pool and redirect; one of them is enough", Redirecting("/", "/x") with { Pool = "main" });
        Says("rewrite", "only what is forwarded to a pool can be rewritten", Redirecting("/", "/x") with { Rewrite = NoRewrite with { AddPrefix = "/x" } });
        Says("pool", "there is no pool \"man\"; there is main, spare", To() with { Pool = "man" });
    }

    [Fact]
    public void A_rewrite_knows_only_what_the_path_captures()
    {
        Says("rewrite.path", "\"/{name}\": the path /users/{id} captures no {name}", Rewriting("/users/{id}", NoRewrite with { Path = "/{name}" }));
        Says("rewrite.path", "\"/{rest}\": {rest} is what \"*\" stands for, and the path /a has none", Rewriting("/a", NoRewrite with { Path = "/{rest}" }));
        Says("rewrite.path", "\"/$1\": \"$\" refers to a group of a regular expression, and the path is none", Rewriting("/a", NoRewrite with { Path = "/$1" }));
        Says("rewrite.path", "\"/$2\": the path has no group $2", Rewriting("~^/(a)", NoRewrite with { Path = "/$2" }));
        Says("rewrite.path", "\"/{a\": its braces do not balance", Rewriting("/{a}", NoRewrite with { Path = "/{a" }));
        Says("rewrite.path", "the query is forwarded as it is; a path has none", Rewriting("/a", NoRewrite with { Path = "/b?c" }));
        Says("rewrite.path", "it begins with \"/\"", Rewriting("/a", NoRewrite with { Path = "b" }));
        Says("rewrite.path", "it is the whole new path; strip-prefix and add-prefix have no place beside it",
            Rewriting("/a", NoRewrite with { Path = "/b", AddPrefix = "/c" }));
    }

    [Fact]
    public void Prefixes_and_the_host_of_a_rewrite_are_checked()
    {
        Says("rewrite.strip-prefix", "\"/api/\" must begin with \"/\" and end without", Rewriting("/*", NoRewrite with { StripPrefix = "/api/" }));
        Says("rewrite.add-prefix", "\"/{id}\" must be plain text", Rewriting("/{id}", NoRewrite with { AddPrefix = "/{id}" }));
        Says("rewrite.host", "\"*.x\" is neither keep, nor backend, nor a host: it is a pattern", Rewriting("/*", NoRewrite with { Host = "*.x" }));
        Says("rewrite.host", "\"h:0\" is neither keep, nor backend, nor a host: its port is not a number from 1 to 65535",
            Rewriting("/*", NoRewrite with { Host = "h:0" }));
    }

    [Theory]
    [InlineData("//evil.example", "it begins with \"//\": say the scheme, too")]
    [InlineData("javascript:alert(1)", "it begins with \"/\", \"{path}\", \"http://\" or \"https://\"")]
    [InlineData("{id}", "it begins with \"/\", \"{path}\", \"http://\" or \"https://\"")]
    [InlineData("https://{id}.example/", "captures may stand only behind the first \"/\" of the location: else a client chose the host")]
    [InlineData("https://h.example{id}", "captures may stand only behind the first \"/\" of the location: else a client chose the host")]
    [InlineData("https://h.example:x/", "\"h.example:x\" is not a host: its port is not a number from 1 to 65535")]
    [InlineData("https:///x", "\"\" is not a host: it is empty; leave host out to match any")]
    [InlineData("/a b", "it holds a space, a backslash or a control character")]
    public void A_client_never_chooses_the_host_of_a_redirect(string to, string why) => Says("redirect.to", why, Redirecting("/{id}", to));

    [Fact]
    public void A_redirect_and_a_response_have_a_status_of_their_kind()
    {
        Says("redirect.status", "200 is none of 301, 302, 303, 307, 308", Redirecting("/", "/x", 200));
        Says("respond.status", "101 is not a final status (200 to 599)", Responding(101));
        Says("respond.body", "a 204 has no content", Responding(204, "x"));
        Says("respond.body", $"65537 bytes; at most {CreditWindow.Initial} are allowed", Responding(200, new string('x', 65537)));
        Says("respond.status", "it is missing", To() with { Respond = Responding(200, "x").Respond with { Status = null } });
    }

    [Fact]
    public void Fields_of_a_response_cannot_break_it()
    {
        Says("respond.fields.X-A", "it is not a field value: it holds a control character, or a space at an end", Responding(200, "", ("X-A", "a\r\nb")));
        Says("respond.fields.\"X A\"", "\"X A\" is not a field name", Responding(200, "", ("X A", "a")));
        Says("respond.fields.content-length", "content-length is written by the proxy itself", Responding(200, "", ("content-length", "7")));
    }

    [Fact]
    public void A_time_limit_is_positive_or_off() =>
        Says("timeouts.total", "it is more than zero, or off", To() with { Timeouts = To().Timeouts with { Total = TimeSpan.Zero } });

    [Fact]
    public void A_route_with_the_match_of_an_earlier_one_is_never_reached()
    {
        var errors = Validate(
            ("first", To("A.example b.example", "/users/{id}", "PUT GET", "X-A=1")),
            ("second", To("b.example", "/users/{name}", "GET PUT", "x-a=1")),
            ("third", To("b.example", "/users/{name}", "GET", "x-a=1")));
        Assert.Equal([new RouteError("scp.routes.second", "never reached for b.example, /users/{}: the route first before it matches exactly the same")], errors);
    }

    [Fact]
    public void Routes_of_different_listeners_do_not_conflict()
    {
        Assert.Empty(Validate(("a", To() with { Listeners = ["public"] }), ("b", To() with { Listeners = ["admin"] })));
        Assert.Single(Validate(("a", To() with { Listeners = ["public"] }), ("b", To())));
    }

    [Fact]
    public void What_the_validator_accepts_compiles_and_what_it_refuses_does_not() =>
        Assert.Throws<ArgumentException>(() => Table(("r", To("a:1"))));

    private static void Says(string key, string message, RouteSettings settings) =>
        Assert.Contains(new RouteError(key.Length == 0 ? "scp.routes.r" : $"scp.routes.r.{key}", message), Validate(("r", settings)));

    private static IReadOnlyList<RouteError> Validate(params (string Name, RouteSettings Settings)[] routes) =>
        RouteValidator.Validate(Named(routes), ["main", "spare"], ["public", "admin"]);
}
