using Scp.Host.Admin;

namespace Scp.Tests.Admin;

public sealed class ReadinessReportSpec
{
    [Theory]
    [InlineData("AllPools", 1, 1, "")]
    [InlineData("AllPools", 0, 1, "Pool a has no backend that may take requests.")]
    [InlineData("AnyPool", 0, 1, "")]
    [InlineData("AnyPool", 0, 0, "No pool has a backend that may take requests.")]
    [InlineData("Listeners", 0, 0, "")]
    public void The_rule_says_which_pools_count(string rule, int a, int b, string expected)
    {
        var report = ReadinessReport.Of([("main", true)], isDraining: false, [("a", a), ("b", b)], Enum.Parse<ReadinessRule>(rule));

        Assert.Equal(expected, string.Join('|', report.Reasons));
        Assert.Equal(expected.Length == 0, report.IsReady);
    }

    [Fact]
    public void A_proxy_without_pools_is_ready() =>
        Assert.True(ReadinessReport.Of([("main", true)], isDraining: false, [], ReadinessRule.AnyPool).IsReady);

    [Theory]
    [InlineData("AllPools")]
    [InlineData("AnyPool")]
    [InlineData("Listeners")]
    public void Listeners_and_the_drain_always_count(string rule) => Assert.Equal(
        ["The proxy is draining.", "Listener late is not bound."],
        ReadinessReport.Of([("late", false)], isDraining: true, [("a", 1)], Enum.Parse<ReadinessRule>(rule)).Reasons);
}
