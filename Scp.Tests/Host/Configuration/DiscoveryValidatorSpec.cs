using Scp.Host.Configuration;
using Scp.Host.Hocon;

namespace Scp.Tests.Host.Configuration;

public sealed class DiscoveryValidatorSpec
{
    [Theory]
    [InlineData("")]
    [InlineData("discovery { type = dns, name = shop.internal, port = 80 }", "backends = [{ address = \"127.0.0.1:1\" }]")]
    [InlineData("discovery { type = srv, name = \"_http._tcp.shop.internal.\", resolvers = [\"10.0.0.53\", \"::1\", \"[::1]:5353\"] }")]
    public void Members_come_from_the_list_or_from_DNS_or_both(string discovery, string backends = "backends = []") =>
        Assert.Empty(Errors(discovery.Length == 0 ? "backends = [{ address = \"127.0.0.1:1\" }]" : $"{backends}\n{discovery}"));

    [Theory]
    [InlineData("", "scp.pools.p.backends: must not be empty, unless discovery finds some")]
    [InlineData("discovery.name = shop.internal", "scp.pools.p.discovery.type: is off though there is a name")]
    [InlineData("discovery { type = dns, port = 80 }", "scp.pools.p.discovery.name: '' is not a DNS name")]
    [InlineData("discovery { type = dns, port = 80, name = \"10.0.0.1\" }", "scp.pools.p.discovery.name: '10.0.0.1' is not a DNS name")]
    [InlineData("discovery { type = dns, port = 80, name = \"shop:80\" }", "scp.pools.p.discovery.name: 'shop:80' is not a DNS name")]
    [InlineData("discovery { type = dns, port = 80, name = \"a..b\" }", "scp.pools.p.discovery.name: 'a..b' is not a DNS name")]
    [InlineData("discovery { type = dns, name = shop.internal }", "scp.pools.p.discovery.port: must be given for dns")]
    [InlineData("discovery { type = srv, name = shop.internal, port = 80 }", "scp.pools.p.discovery.port: is not for srv")]
    [InlineData("discovery { type = srv, name = shop.internal, minimum-ttl = 10m }", "scp.pools.p.discovery.minimum-ttl: must not be longer")]
    [InlineData("discovery { type = srv, name = shop.internal, resolvers = \"ns.example\" }", "scp.pools.p.discovery.resolvers: 'ns.example' is not the address")]
    [InlineData("discovery { type = srv, name = shop.internal, resolvers = \"10.0.0.53:0\" }", "scp.pools.p.discovery.resolvers: '10.0.0.53:0' is not the address")]
    [InlineData("discovery { type = srv, name = shop.internal, member.name = x }", "scp.pools.p.discovery.member: must have no address")]
    public void What_does_not_fit_is_named(string pool, string expected) => Assert.Contains(Errors(pool), e => e.Contains(expected));

    private static IEnumerable<string> Errors(string pool)
    {
        var text = $$"""
            scp {
              listeners.main.bind = "127.0.0.1:0"
              pools.p { {{pool}} }
              routes.all { pool = p }
            }
            """;
        var loaded = ConfigurationReader.Read([ConfigurationReader.Reference, HoconSource.FromText("test.conf", text)], _ => null);
        return loaded.Errors.Select(e => e.ToString());
    }
}
