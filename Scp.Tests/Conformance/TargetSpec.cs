using Scp.Tests.Support;

namespace Scp.Tests.Conformance;

/// <summary>Request targets: normalised once, and the route is chosen by what the origin gets.</summary>
[Collection(PipelineTests.Name)]
public sealed class TargetSpec(PipelineFixture fixture)
{
    private const string AdminIsClosed = "scp.routes.admin { path = \"/admin/*\", respond { status = 403, body = \"closed\" } }";

    [Theory]
    [InlineData("/a/./b", "/a/b")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a/%2e%2e/b", "/b")]
    [InlineData("/%61%7e", "/a~")]
    [InlineData("/a%2fb", "/a%2Fb")]
    [InlineData("/a%252fb", "/a%252fb")]
    [InlineData("//a//b", "//a//b")]
    [InlineData("/a?x=/../y%2e", "/a?x=/../y%2e")]
    [InlineData("/a?", "/a?")]
    [InlineData("/a|b^c`{d}\"", "/a|b^c`{d}\"")]
    [InlineData("http://a.example", "/")]
    [InlineData("HTTP://A.example/b?c", "/b?c")]
    [InlineData("http://a.example?c", "/?c")]
    public void The_origin_gets_the_target_in_its_normal_form(string target, string expected)
    {
        using var proxy = new PipelineHarness(fixture);

        proxy.Exchange($"GET {target} HTTP/1.1\r\nHost: a.example\r\n\r\n", "ok");

        Assert.StartsWith($"GET {expected} HTTP/1.1\r\n", proxy.Origin.Received);
    }

    [Theory]
    [InlineData("/admin/x")]
    [InlineData("/public/../admin/x")]
    [InlineData("/public/%2e%2e/admin/x")]
    [InlineData("/%61dmin/x")]
    [InlineData("/./admin/x")]
    [InlineData("http://b.example/admin/x")]
    public void No_spelling_of_a_path_passes_by_its_route(string target)
    {
        using var proxy = new PipelineHarness(fixture, configuration: AdminIsClosed);

        var answer = proxy.Exchange($"GET {target} HTTP/1.1\r\nHost: a.example\r\n\r\n", "closed");

        Assert.StartsWith("HTTP/1.1 403 ", answer);
        Assert.Empty(proxy.Origin.Connections);
    }

    [Theory]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n")]
    [InlineData("OPTIONS http://a.example HTTP/1.1\r\nHost: a.example\r\n\r\n")]
    public void Options_for_the_server_itself_passes_as_an_asterisk(string request)
    {
        using var proxy = new PipelineHarness(fixture);

        proxy.Exchange(request, "ok");

        Assert.StartsWith("OPTIONS * HTTP/1.1\r\nHost: a.example\r\n", proxy.Origin.Received);
    }

    [Fact]
    public void A_path_without_route_is_not_found()
    {
        using var proxy = new PipelineHarness(fixture, configuration: "scp.routes.one { host = \"b.example\", path = \"/one\", method = \"GET\", pool = origin }\nscp.defaults.route.path = \"/one\"");

        Assert.StartsWith("HTTP/1.1 404 ", proxy.Exchange("GET /two HTTP/1.1\r\nHost: a.example\r\n\r\n", ".\n"));
    }

    [Fact]
    public void Unknown_methods_pass_and_case_counts()
    {
        using var proxy = new PipelineHarness(fixture);

        proxy.Exchange("get /x HTTP/1.1\r\nHost: a.example\r\n\r\n", "ok");

        Assert.StartsWith("get /x HTTP/1.1\r\n", proxy.Origin.Received);
    }

    [Fact]
    public void A_refused_CONNECT_leaves_nothing_of_its_tunnel_to_be_read_as_requests()
    {
        using var proxy = new PipelineHarness(fixture);

        var answer = proxy.ExchangeUntilClose("CONNECT a.example:80 HTTP/1.1\r\nHost: a.example:80\r\n\r\n" + Attacks.Smuggled);

        Assert.StartsWith("HTTP/1.1 403 ", answer);
        Assert.Empty(proxy.Origin.Connections);
    }
}
