using System.Net;
using DnsClient;
using DnsClient.Protocol;
using Scp.Actors.Discovery;

namespace Scp.Tests.Actors.Discovery;

public sealed class AnswerSectionSpec
{
    [Fact]
    public void Records_of_the_name_are_taken_whatever_its_case()
    {
        Assert.Equal(["10.0.0.1", "10.0.0.2"], Read("shop.internal", Address("Shop.Internal", 1), Address("shop.internal.", 2)));
    }

    [Fact]
    public void Records_of_another_name_are_not_taken()
    {
        Assert.Empty(Read("shop.internal", Address("bank.internal", 1)));
    }

    [Fact]
    public void Aliases_are_followed_in_whatever_order_they_stand()
    {
        Assert.Equal(["10.0.0.1"], Read("a.internal", Address("c.internal", 1), Alias("b.internal", "c.internal"), Alias("a.internal", "b.internal")));
    }

    [Fact]
    public void The_shortest_time_to_live_on_the_way_counts()
    {
        AnswerSection.Read<ARecord>(
            [Alias("a.internal", "b.internal", timeToLive: 7), Address("b.internal", 1, timeToLive: 30)], "a.internal", out var timeToLive);

        Assert.Equal(TimeSpan.FromSeconds(7), timeToLive);
    }

    [Fact]
    public void A_time_to_live_with_the_highest_bit_set_is_0()
    {
        AnswerSection.Read<ARecord>([Address("a.internal", 1, timeToLive: -5)], "a.internal", out var timeToLive);

        Assert.Equal(TimeSpan.Zero, timeToLive);
    }

    [Fact]
    public void A_loop_of_aliases_ends_without_addresses()
    {
        Assert.Empty(Read("a.internal", Alias("a.internal", "b.internal"), Alias("b.internal", "a.internal"), Address("c.internal", 1)));
    }

    [Theory]
    [InlineData(16, 1)]
    [InlineData(17, 0)]
    public void A_chain_has_16_links_at_most(int links, int found)
    {
        var records = Enumerable.Range(0, links).Select(i => Alias($"n{i}.internal", $"n{i + 1}.internal"));

        Assert.Equal(found, Read("n0.internal", [.. records, Address($"n{links}.internal", 1)]).Count());
    }

    private static IEnumerable<string> Read(string name, params DnsResourceRecord[] records) =>
        AnswerSection.Read<ARecord>(records, name, out _).Select(r => r.Address.ToString());

    private static ARecord Address(string owner, byte last, int timeToLive = 60) =>
        new(Info(owner, ResourceRecordType.A, timeToLive), new IPAddress([10, 0, 0, last]));

    private static CNameRecord Alias(string owner, string target, int timeToLive = 60) =>
        new(Info(owner, ResourceRecordType.CNAME, timeToLive), DnsString.Parse(target));

    private static ResourceRecordInfo Info(string owner, ResourceRecordType type, int timeToLive) =>
        new(DnsString.Parse(owner), type, QueryClass.IN, timeToLive, 0);
}
