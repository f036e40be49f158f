using Scp.Host.Cli;

namespace Scp.Tests.Cli;

public class BannerSpec
{
    private static readonly BannerModel Demo = new()
    {
        Version = "0.1.0",
        ConfigurationFile = "hocon/scp.conf",
        Listeners = [("public", "http://0.0.0.0:8080"), ("metrics-only", "http://127.0.0.1:8081")],
        Routes = [("shop", "shop.example/*", "pool shop"), ("old", "/old/*", "redirect 301")],
        Pools = [("shop", "round-robin", ["127.0.0.1:9081", "127.0.0.1:9082"], ""), ("carts", "random", ["10.0.0.1:80"], "dns carts.internal")],
        Admin = new Uri("http://127.0.0.1:9080"),
        DemoOrigins = [new Uri("http://127.0.0.1:9081"), new Uri("http://127.0.0.1:9082")],
    };

    [Fact]
    public void The_banner_says_what_listens_where_it_goes_where_to_look_and_how_to_stop() => Assert.Equal(
        """
        SCP 0.1.0, Service Communication Proxy

          config     hocon/scp.conf
          listeners  public        http://0.0.0.0:8080
                     metrics-only  http://127.0.0.1:8081
          routes     shop  shop.example/* -> pool shop
                     old   /old/* -> redirect 301
          pools      shop   round-robin, 2 backends: 127.0.0.1:9081, 127.0.0.1:9082
                     carts  random, 1 backend: 10.0.0.1:80; more by dns carts.internal
          demo       http://127.0.0.1:9081, http://127.0.0.1:9082
          health     http://127.0.0.1:9080/healthz  http://127.0.0.1:9080/readyz
          metrics    http://127.0.0.1:9080/metrics

        Ctrl+C drains and stops; a second Ctrl+C stops at once.

        """, Banner.Render(Demo), ignoreLineEndingDifferences: true);

    [Fact]
    public void Long_lists_are_cut_and_counted()
    {
        var text = Banner.Render(Demo with
        {
            Routes = [.. Enumerable.Range(1, 12).Select(i => ($"r{i}", "/", "pool shop"))],
            Pools = [("shop", "random", [.. Enumerable.Range(1, 7).Select(i => $"b{i}")], "")],
        });

        Assert.Contains("r5  / -> pool shop\n             and 7 more\n", text);
        Assert.DoesNotContain("r6", text);
        Assert.Contains("b5 and 2 more", text);
    }

    [Fact]
    public void What_is_not_there_is_said_or_left_out()
    {
        var text = Banner.Render(Demo with { Admin = null, DemoOrigins = [], Routes = [] });

        Assert.Contains("  routes     none\n", text);
        Assert.DoesNotContain("metrics  ", text[text.IndexOf("pools", StringComparison.Ordinal)..]);
        Assert.DoesNotContain("demo", text);
    }
}
