using System.Text.RegularExpressions;
using Scp.Tests.Support;

namespace Scp.Tests.Conformance;

/// <summary>Session affinity and subsets through the whole pipeline.</summary>
[Collection(PipelineTests.Name)]
public sealed partial class SessionsSpec(PipelineFixture fixture)
{
    private const string Pool = """
        scp.pools.origin {
          backends = [
            { address = "127.0.0.1:1", name = a, labels { zone = east } }, { address = "127.0.0.1:2", name = b, labels { zone = west } }
          ]
          load-balancing = round-robin
        }

        """;

    private const string Affinity = Pool + """
        scp.pools.origin.affinity { mode = cookie, name = sid, secret = "0123456789abcdef" }

        """;

    [Fact]
    public void A_new_session_gets_a_cookie_and_stays_where_it_began()
    {
        using var harness = new PipelineHarness(fixture, configuration: Affinity);
        var first = Get(harness);
        var cookie = Cookie().Match(first).Groups[1].Value;
        Assert.NotEqual("", cookie);
        var backend = harness.Completed.Records.Single().Backend;

        for (var i = 0; i < 4; i++) Assert.DoesNotContain("Set-Cookie", Get(harness, $"Cookie: {cookie}\r\n"));

        Assert.All(harness.Completed.Records, r => Assert.Equal(backend, r.Backend));
    }

    [Fact]
    public void A_forged_cookie_is_treated_as_none()
    {
        using var harness = new PipelineHarness(fixture, configuration: Affinity);
        for (var i = 0; i < 4; i++) Assert.Matches(Cookie(), Get(harness, $"Cookie: sid={new string('A', 43)}\r\n"));

        Assert.Equal(2, harness.Completed.Records.Select(r => r.Backend).Distinct().Count());
    }

    [Fact]
    public void Without_affinity_nothing_is_set_and_requests_are_spread()
    {
        using var harness = new PipelineHarness(fixture, configuration: Pool);
        for (var i = 0; i < 4; i++) Assert.DoesNotContain("Set-Cookie", Get(harness));

        Assert.Equal(2, harness.Completed.Records.Select(r => r.Backend).Distinct().Count());
    }

    [Fact]
    public void A_field_binds_where_the_mode_is_header()
    {
        using var harness = new PipelineHarness(fixture, configuration: Affinity + "scp.pools.origin.affinity { mode = header, name = X-Session }");
        var field = Field().Match(Get(harness)).Value;
        var backend = harness.Completed.Records.Single().Backend;
        for (var i = 0; i < 4; i++) Assert.DoesNotMatch(Field(), Get(harness, field));

        Assert.All(harness.Completed.Records, r => Assert.Equal(backend, r.Backend));
    }

    [Fact]
    public void A_route_with_a_subset_uses_only_backends_that_carry_its_labels()
    {
        using var harness = new PipelineHarness(fixture, configuration: Pool + "scp.routes.all.subset.labels { zone = west }");
        for (var i = 0; i < 4; i++) Get(harness);

        Assert.All(harness.Completed.Records, r => Assert.Equal("b", r.Backend));
    }

    [Theory]
    [InlineData("none", "HTTP/1.1 503 ")]
    [InlineData("all", "HTTP/1.1 200 ")]
    public void A_subset_that_nobody_is_in_ends_as_its_fallback_says(string fallback, string status)
    {
        using var harness = new PipelineHarness(
            fixture, configuration: Pool + $"scp.routes.all.subset {{ labels {{ zone = north }}, fallback = {fallback} }}");

        Assert.StartsWith(status, harness.ExchangeUntilClose("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    }

    private static string Get(PipelineHarness harness, string fields = "")
    {
        var count = harness.Completed.Records.Count;
        var response = harness.ExchangeUntilClose($"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{fields}\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", response);
        Eventually.Holds(() => harness.Completed.Records.Count > count, "The exchange was not reported.");
        return response;
    }

    [GeneratedRegex("\r\nSet-Cookie: (sid=[A-Za-z0-9_-]{43}); Path=/; HttpOnly; SameSite=Lax\r\n")]
    private static partial Regex Cookie();

    [GeneratedRegex("X-Session: [A-Za-z0-9_-]{43}\r\n")]
    private static partial Regex Field();
}
