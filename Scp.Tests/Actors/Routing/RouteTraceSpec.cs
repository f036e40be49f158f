using Scp.Actors.Routing;
using Scp.Tests.Support;
using static Scp.Tests.Support.Routes;

namespace Scp.Tests.Actors.Routing;

public class RouteTraceSpec
{
    private readonly RouteTable _table = Table(
        ("canary", To("shop.example", "/cart", header: "X-Canary=yes")),
        ("v2", To("shop.example", "/cart", query: "v=2")),
        ("upload", To("shop.example", "/cart/*", method: "PUT POST")),
        ("shop", To("shop.example")),
        ("images", To("shop.example", "/images/*")),
        ("other", To("other.example")),
        ("rest", To()));

    [Fact]
    public void A_trace_says_of_every_route_why() => Assert.Equal("""
        route shop
          canary (shop.example, /cart): no header "X-Canary" = "yes"
          v2 (shop.example, /cart): no query parameter "v" = "2"
          upload (shop.example, /cart/*): method is not PUT, POST
          shop (shop.example, any path): matched
          rest (any host, any path): would match, but an earlier one did
          images (shop.example, /images/*): path differs
          other (other.example, any path): host differs

        """, _table.Explain(Requests.Get("shop.example", "/cart")).ToString());

    [Fact]
    public void A_trace_without_a_route_begins_with_the_error() =>
        Assert.StartsWith("no route: MethodNotAllowed\n", Table(("r", To(method: "GET"))).Explain(Requests.Of("PUT", "h.example", "/")).ToString());

    [Fact]
    public void A_printed_trace_does_not_list_thousands_of_strangers()
    {
        var table = Table([.. Enumerable.Range(0, 1000).Select(i => ($"r{i}", To($"h{i}.example")))]);
        var trace = table.Explain(Requests.Get("h500.example", "/"));
        Assert.Equal(1000, trace.Candidates.Count);
        Assert.EndsWith("  and 979 more whose host or path differs\n", trace.ToString());
        Assert.True(trace.ToString().Split('\n').Length < 30);
    }
}
