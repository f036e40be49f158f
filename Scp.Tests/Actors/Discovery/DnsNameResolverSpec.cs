using System.Net;
using System.Net.Sockets;
using Scp.Actors.Discovery;
using Scp.Tests.Support;

namespace Scp.Tests.Actors.Discovery;

/// <summary>Against a real DNS server, over UDP and TCP.</summary>
public sealed class DnsNameResolverSpec
{
    [DnsmasqFact]
    public async Task Addresses_of_both_families_with_the_shortest_time_to_live()
    {
        var answer = await AskAsync(
            "port = 8080", "--host-record=shop.internal,10.0.0.1,fd00::1,60", "--host-record=shop.internal,10.0.0.2,20");

        Assert.Equal(["10.0.0.1:8080", "10.0.0.2:8080", "[fd00::1]:8080"], Addresses(answer));
        Assert.Equal(TimeSpan.FromSeconds(20), answer.TimeToLive);
    }

    [DnsmasqFact]
    public async Task Addresses_of_one_family()
    {
        const string Record = "--host-record=shop.internal,10.0.0.1,fd00::1,60";

        Assert.Equal(["10.0.0.1:80"], Addresses(await AskAsync("port = 80, family = ipv4", Record)));
        Assert.Equal(["[fd00::1]:80"], Addresses(await AskAsync("port = 80, family = ipv6", Record)));
    }

    [DnsmasqFact]
    public async Task A_name_of_one_family_is_no_failure() =>
        Assert.Equal(["10.0.0.1:80"], Addresses(await AskAsync("port = 80", "--host-record=shop.internal,10.0.0.1,60")));

    [DnsmasqFact]
    public async Task An_alias_is_followed() =>
        Assert.Equal(
            ["10.0.0.1:80"],
            Addresses(await AskAsync("port = 80", "--cname=shop.internal,real.internal,9", "--host-record=real.internal,10.0.0.1,60")));

    [DnsmasqFact]
    public async Task An_answer_too_long_for_UDP_comes_over_TCP()
    {
        var records = Enumerable.Range(0, 300).Select(i => $"--host-record=shop.internal,10.1.{i / 200}.{(i % 200) + 1},60");

        Assert.Equal(300, (await AskAsync("port = 80, family = ipv4", [.. records])).Members.Count);
    }

    [DnsmasqFact]
    public async Task Services_have_ports_priorities_and_weights()
    {
        var answer = await AskAsync(
            "type = srv, name = _http._tcp.shop.internal",
            "--srv-host=_http._tcp.shop.internal,a.internal,8001,0,60", "--srv-host=_http._tcp.shop.internal,b.internal,8002,0,0",
            "--srv-host=_http._tcp.shop.internal,c.internal,8003,10,5",
            "--host-record=a.internal,10.0.0.1,60", "--host-record=b.internal,10.0.0.2,60", "--host-record=c.internal,10.0.0.3,fd00::3,60");

        Assert.Equal(
            [
                new DiscoveredMember("10.0.0.1:8001", 0, 60), new DiscoveredMember("10.0.0.2:8002", 0, 1),
                new DiscoveredMember("10.0.0.3:8003", 10, 5), new DiscoveredMember("[fd00::3]:8003", 10, 5),
            ],
            answer.Members.OrderBy(m => m.Address, StringComparer.Ordinal));
    }

    [DnsmasqFact]
    public async Task A_target_that_is_no_name_is_left_out_and_the_others_stay()
    {
        var answer = await AskAsync(
            "type = srv, name = _http._tcp.shop.internal",
            "--srv-host=_http._tcp.shop.internal,a.internal,8001,0,60", "--srv-host=_http._tcp.shop.internal,gone.internal,8002,0,60",
            "--host-record=a.internal,10.0.0.1,60");

        Assert.Equal(["10.0.0.1:8001"], Addresses(answer));
    }

    [DnsmasqFact]
    public async Task A_service_without_any_target_that_resolves_is_a_failure()
    {
        var answer = await AskAsync(
            "type = srv, name = _http._tcp.shop.internal", "--srv-host=_http._tcp.shop.internal,gone.internal,8002,0,60");

        Assert.Equal("gone.internal: no such name", answer.Failure);
    }

    [DnsmasqFact]
    public async Task A_service_that_is_not_offered_is_a_failure()
    {
        var answer = await AskAsync("type = srv, name = _http._tcp.shop.internal", "--srv-host=_http._tcp.shop.internal");

        Assert.Contains("the service is not offered", answer.Failure);
    }

    [DnsmasqFact]
    public async Task What_cannot_be_resolved_says_why()
    {
        Assert.Equal("shop.internal: no such name", (await AskAsync("port = 80")).Failure);
        Assert.Equal("shop.internal: no such records", (await AskAsync("port = 80, family = ipv6", "--host-record=shop.internal,10.0.0.1,60")).Failure);
        Assert.Equal("shop.example: the server answered Refused", (await AskAsync("port = 80, name = shop.example")).Failure);
    }

    [DnsmasqFact]
    public async Task Blocked_names_and_group_addresses_are_no_members() =>
        Assert.Equal(
            ["10.0.0.1:80"],
            Addresses(await AskAsync(
                "port = 80", "--host-record=shop.internal,0.0.0.0,::,60", "--host-record=shop.internal,224.0.0.1,ff02::1,60",
                "--host-record=shop.internal,255.255.255.255,60", "--host-record=shop.internal,10.0.0.1,60")));

    [Fact]
    public async Task A_server_that_is_not_there_is_a_failure()
    {
        var answer = await ResolveAsync("port = 80, resolvers = [\"127.0.0.1:1\"]");

        Assert.StartsWith("shop.internal: ", answer.Failure);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up_within_the_timeout()
    {
        using var mute = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        mute.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var answer = await ResolveAsync($"port = 80, timeout = 200ms, resolvers = [\"{mute.LocalEndPoint}\"]").WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal("shop.internal: no answer in time", answer.Failure);
    }

    [DnsmasqFact]
    public async Task The_next_server_is_asked_when_the_first_does_not_answer()
    {
        using var mute = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        mute.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var server = await DnsServer.StartAsync(0, "--host-record=shop.internal,10.0.0.1,60");

        var answer = await ResolveAsync($"port = 80, timeout = 1s, resolvers = [\"{mute.LocalEndPoint}\", \"{server.Address}\"]");

        Assert.Equal(["10.0.0.1:80"], Addresses(answer));
    }

    private static async Task<NameAnswer> AskAsync(string settings, params string[] records)
    {
        await using var server = await DnsServer.StartAsync(0, records);
        return await ResolveAsync($"{settings}, resolvers = [\"{server.Address}\"]");
    }

    private static async Task<NameAnswer> ResolveAsync(string settings)
    {
        var discovery = TestConfiguration
            .Read("127.0.0.1:1", $"scp.pools.origin.discovery {{ type = dns, name = shop.internal, {settings} }}").Pools["origin"].Discovery;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await new DnsNameResolver(discovery).ResolveAsync(patience.Token);
    }

    private static IEnumerable<string> Addresses(NameAnswer answer) => answer.Members.Select(m => m.Address).Order(StringComparer.Ordinal);
}
