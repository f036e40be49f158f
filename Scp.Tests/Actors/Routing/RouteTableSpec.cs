using Scp.Actors.Routing;
using Scp.Streams.Errors;
using Scp.Streams.Messages;
using Scp.Tests.Support;
using static Scp.Tests.Support.Routes;

namespace Scp.Tests.Actors.Routing;

public class RouteTableSpec
{
    [Theory]
    [InlineData("shop.example", "/cart", "exact host")]
    [InlineData("a.shop.example", "/cart", "long wildcard")]
    [InlineData("a.b.shop.example", "/cart", "long wildcard")]
    [InlineData("other.example", "/cart", "short wildcard")]
    [InlineData("other.test", "/cart", "any host")]
    [InlineData("example", "/cart", "any host")]
    [InlineData("evilshop.example", "/cart", "short wildcard")]
    public void An_exact_host_goes_before_the_longest_wildcard_before_any(string host, string path, string expected)
    {
        var table = Table(
            ("any host", To()), ("short wildcard", To("*.example")), ("long wildcard", To("*.shop.example")), ("exact host", To("shop.example")));
        Assert.Equal(expected, NameOf(table, Requests.Get(host, path)));
    }

    [Theory]
    [InlineData("/users/me", "exact")]
    [InlineData("/users/42", "template")]
    [InlineData("/users/42/orders/7", "long prefix")]
    [InlineData("/users/42/posts", "short prefix")]
    [InlineData("/users", "short prefix")]
    [InlineData("/users/", "short prefix")]
    [InlineData("/usersandmore", "first regex")]
    [InlineData("/used", "second regex")]
    [InlineData("/", "any path")]
    public void A_path_is_exact_before_template_before_prefix_before_regex_before_any(string path, string expected)
    {
        var table = Table(
            ("any path", To()),
            ("first regex", To(path: "~^/users")),
            ("second regex", To(path: "~^/use")),
            ("short prefix", To(path: "/users/*")),
            ("long prefix", To(path: "/users/{id}/orders/*")),
            ("template", To(path: "/users/{id}")),
            ("exact", To(path: "/users/me")));
        Assert.Equal(expected, NameOf(table, Requests.Get("h.example", path)));
    }

    [Fact]
    public void Of_two_templates_the_one_with_the_earlier_literal_wins()
    {
        var table = Table(("late", To(path: "/{a}/b/c")), ("early", To(path: "/a/{b}/c")));
        Assert.Equal("early", NameOf(table, Requests.Get("h.example", "/a/b/c")));
        Assert.Equal("late", NameOf(table, Requests.Get("h.example", "/x/b/c")));
    }

    [Fact]
    public void A_template_that_leads_nowhere_is_left_again()
    {
        var table = Table(("deep", To(path: "/a/{x}/c/d")), ("wide", To(path: "/{x}/b/c")));
        Assert.Equal("wide", NameOf(table, Requests.Get("h.example", "/a/b/c")));
    }

    [Theory]
    [InlineData("/users/")]
    [InlineData("/users//orders")]
    [InlineData("/users/1/orders/")]
    [InlineData("/Users/1/orders")]
    public void A_capture_is_one_segment_that_is_not_empty_and_case_counts(string path) =>
        Assert.Equal(ProxyError.NoRoute, ErrorOf(Table(("r", To(path: "/users/{id}/orders"))), Requests.Get("h.example", path)));

    [Fact]
    public void A_prefix_ends_at_a_segment()
    {
        var table = Table(("cart", To(path: "/cart/*")));
        Assert.Equal("cart", NameOf(table, Requests.Get("h.example", "/cart")));
        Assert.Equal("cart", NameOf(table, Requests.Get("h.example", "/cart/a/b")));
        Assert.Null(NameOf(table, Requests.Get("h.example", "/cartoon")));
    }

    [Theory]
    [InlineData("SHOP.Example")]
    [InlineData("shop.example:8443")]
    [InlineData("shop.example.")]
    public void Case_port_and_final_dot_of_a_host_do_not_matter(string authority) =>
        Assert.Equal("shop", NameOf(Table(("shop", To("Shop.EXAMPLE"))), Requests.Get(authority, "/")));

    [Fact]
    public void An_address_is_a_host_too()
    {
        var table = Table(("v6", To("[::1]")), ("v4", To("127.0.0.1")));
        Assert.Equal("v6", NameOf(table, Requests.Get("[::1]:8080", "/")));
        Assert.Equal("v4", NameOf(table, Requests.Get("127.0.0.1:8080", "/")));
    }

    [Fact]
    public void A_request_without_host_matches_only_routes_for_any_host()
    {
        var table = Table(("shop", To("shop.example")), ("wild", To("*.example")), ("any", To()));
        Assert.Equal("any", NameOf(table, Requests.Get("", "/")));
    }

    [Fact]
    public void Asterisk_and_authority_form_match_only_routes_with_any_path()
    {
        var table = Table(("prefix", To(path: "/*")), ("regex", To(path: "~.*")), ("any", To()));
        Assert.Equal("any", NameOf(table, Requests.Of("OPTIONS", "h.example", "*")));
        Assert.Equal("any", NameOf(table, Requests.Of("CONNECT", "h.example:443", "")));
    }

    [Fact]
    public void More_conditions_go_first_then_the_configured_order()
    {
        var table = Table(
            ("plain", To(path: "/a")),
            ("one", To(path: "/a", header: "X-A=*")),
            ("also one", To(path: "/a", query: "q=*")),
            ("three", To(path: "/a", method: "GET POST", header: "X-A=*", query: "q=*")));
        Assert.Equal("three", NameOf(table, Requests.Get("h.example", "/a?q=1", ("X-A", "1"))));
        Assert.Equal("one", NameOf(table, Requests.Of("PUT", "h.example", "/a?q=1", ("X-A", "1"))));
        Assert.Equal("also one", NameOf(table, Requests.Get("h.example", "/a?q=1")));
        Assert.Equal("plain", NameOf(table, Requests.Get("h.example", "/a")));
    }

    [Fact]
    public void A_route_whose_conditions_fail_gives_way_to_a_less_specific_one()
    {
        var table = Table(("canary", To("shop.example", "/cart", header: "X-Canary=yes")), ("shop", To("*.example", "/*")), ("rest", To()));
        Assert.Equal("canary", NameOf(table, Requests.Get("shop.example", "/cart", ("x-canary", "yes"))));
        Assert.Equal("shop", NameOf(table, Requests.Get("shop.example", "/cart", ("X-Canary", "YES"))));
        Assert.Equal("rest", NameOf(table, Requests.Get("shop.test", "/cart")));
    }

    [Theory]
    [InlineData("X-A", "1", true)]
    [InlineData("x-a", "1", true)]
    [InlineData("X-A", "2", false)]
    [InlineData("X-B", "1", false)]
    public void A_header_is_equal_in_value_and_any_case_in_name(string name, string value, bool matches) =>
        Assert.Equal(matches, NameOf(Table(("r", To(header: "X-A=1"))), Requests.Get("h.example", "/", (name, value))) is not null);

    [Fact]
    public void Any_of_several_field_lines_may_satisfy_a_header()
    {
        var table = Table(("r", To(header: "Cookie=~canary")));
        Assert.Equal("r", NameOf(table, Requests.Get("h.example", "/", ("Cookie", "a=b"), ("Cookie", "canary=1"))));
        Assert.Null(NameOf(table, Requests.Get("h.example", "/", ("Cookie", "a=b"))));
    }

    [Theory]
    [InlineData("/?v=2", true)]
    [InlineData("/?a=1&v=2", true)]
    [InlineData("/?v=1&v=2", true)]
    [InlineData("/?%76=%32", true)]
    [InlineData("/?v=22", false)]
    [InlineData("/?vv=2", false)]
    [InlineData("/?v", false)]
    [InlineData("/?", false)]
    [InlineData("/", false)]
    public void A_query_parameter_is_compared_decoded(string target, bool matches) =>
        Assert.Equal(matches, NameOf(Table(("r", To(query: "v=2"))), Requests.Get("h.example", target)) is not null);

    [Fact]
    public void A_query_parameter_may_be_present_or_match_a_regex()
    {
        var table = Table(("regex", To(query: "v=~^[0-9]+$")), ("present", To(query: "flag=*")));
        Assert.Equal("regex", NameOf(table, Requests.Get("h.example", "/?v=12")));
        Assert.Equal("present", NameOf(table, Requests.Get("h.example", "/?v=x&flag")));
    }

    [Fact]
    public void Only_the_wrong_method_is_405_with_the_methods_that_are_allowed()
    {
        var table = Table(
            ("read", To(path: "/a", method: "GET HEAD")), ("write", To(path: "/*", method: "PUT")), ("secret", To(path: "/a", method: "PATCH", header: "X-A=1")));
        var request = Requests.Of("DELETE", "h.example", "/a");
        Assert.Equal(ProxyError.MethodNotAllowed, ErrorOf(table, request));
        Assert.Equal("GET, HEAD, PUT", table.AllowedMethods(request));
    }

    [Fact]
    public void A_method_is_compared_as_written()
    {
        var table = Table(("r", To(method: "GET PURGE")));
        Assert.Equal("r", NameOf(table, Requests.Of("PURGE", "h.example", "/")));
        Assert.Equal(ProxyError.MethodNotAllowed, ErrorOf(table, Requests.Of("get", "h.example", "/")));
    }

    [Fact]
    public void A_wrong_header_or_no_route_at_all_is_404()
    {
        Assert.Equal(ProxyError.NoRoute, ErrorOf(Table(("r", To(method: "GET", header: "X-A=1"))), Requests.Of("PUT", "h.example", "/")));
        Assert.Equal(ProxyError.NoRoute, ErrorOf(Table(), Requests.Get("h.example", "/")));
    }

    [Fact]
    public void A_configured_path_is_brought_into_the_form_of_requests()
    {
        var table = Table(("r", To(path: "/caf\u00e9/%7euser/a%2fb")));
        Assert.Equal("r", NameOf(table, Requests.Get("h.example", "/caf%C3%A9/~user/a%2Fb")));
    }

    [Fact]
    public void A_route_with_several_hosts_and_paths_matches_each_pair()
    {
        var table = Table(("r", To("a.example b.example", "/x /y/*")));
        Assert.Equal("r", NameOf(table, Requests.Get("a.example", "/y/1")));
        Assert.Equal("r", NameOf(table, Requests.Get("b.example", "/x")));
        Assert.Null(NameOf(table, Requests.Get("c.example", "/x")));
    }

    [Fact]
    public void A_route_belongs_to_its_listeners()
    {
        var routes = Named(("admin", To(path: "/a") with { Listeners = ["internal"] }), ("all", To()));
        Assert.Equal("all", NameOf(Table(routes, "public"), Requests.Get("h.example", "/a")));
        Assert.Equal("admin", NameOf(Table(routes, "internal"), Requests.Get("h.example", "/a")));
    }

    [Fact]
    public void A_regex_sees_bytes_as_Latin_1_however_long_the_path()
    {
        var table = Table(("r", To(path: "~^/\u00e9+$")));
        Assert.Equal("r", NameOf(table, Requests.Get("h.example", "/\u00e9")));
        Assert.Equal("r", NameOf(table, Requests.Get("h.example", "/" + new string('\u00e9', 8000))));
    }

    [Fact]
    public void A_route_has_the_time_limits_of_its_own_and_else_the_defaults()
    {
        var own = To() with { Timeouts = To().Timeouts with { Total = TimeSpan.FromSeconds(5), ResponseIdle = Timeout.InfiniteTimeSpan } };
        var limits = Table(("r", own)).Match(Requests.Get("h.example", "/"), out _)!.Timeouts;
        Assert.Equal(TimeSpan.FromSeconds(5), limits.Total);
        Assert.Equal(Timeout.InfiniteTimeSpan, limits.ResponseIdle);
        Assert.Equal(Timeouts.TunnelIdle, limits.TunnelIdle);
    }

    [Fact]
    public void Matching_allocates_nothing()
    {
        var table = Table(
            ("exact", To("a.example", "/x")), ("wild", To("*.example", "/u/{id}/*")), ("any", To(path: "~^/v[0-9]+/")), ("head", To(header: "X-A=~b", query: "q=1")));
        RequestHead[] requests = [
            Requests.Get("a.example", "/x"), Requests.Get("b.example", "/u/1/z"), Requests.Get("c.test", "/v1/"), Requests.Get("c.test", "/n?q=%31", ("X-A", "abc"))];
        foreach (var request in requests)
        {
            for (var i = 0; i < 100; i++) table.Match(request, out _);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++) table.Match(request, out _);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    private static string? NameOf(RouteTable table, RequestHead request)
    {
        var route = table.Match(request, out var error);
        Assert.Equal(route is null, error != ProxyError.None);
        return route?.Name;
    }

    private static ProxyError ErrorOf(RouteTable table, RequestHead request)
    {
        Assert.Null(table.Match(request, out var error));
        return error;
    }
}
