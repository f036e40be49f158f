using System.Net;
using System.Net.Sockets;
using Scp.Actors.Connections;

namespace Scp.Tests.Actors.Connections;

public class NetworksSpec
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.255.0.1", true)]
    [InlineData("10.0.0.0/8", "11.0.0.0", false)]
    [InlineData("10.0.0.7", "10.0.0.7", true)]
    [InlineData("10.0.0.7", "10.0.0.8", false)]
    [InlineData("0.0.0.0/0", "203.0.113.9", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)] // a client of a socket for both families
    [InlineData("::ffff:10.0.0.0/104", "10.1.2.3", true)]
    [InlineData("::ffff:10.0.0.7", "10.0.0.7", true)]
    [InlineData("::ffff:10.0.0.7", "10.0.0.8", false)]
    [InlineData("2001:db8::/32", "2001:db8:1::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::1", false)]
    [InlineData("::1", "::1", true)]
    [InlineData("::1", "::2", false)]
    [InlineData("fe80::/10", "fe80::1%3", true)]
    [InlineData("::/0", "10.0.0.1", false)]
    public void A_network_holds_its_addresses(string network, string address, bool contained) =>
        Assert.Equal(contained, Networks.Parse([network]).Contains(new IPEndPoint(IPAddress.Parse(address), 1)));

    [Fact]
    public void A_peer_is_in_a_list_when_one_of_its_networks_holds_it()
    {
        var networks = Networks.Parse(["10.0.0.0/8", "192.168.0.0/16", "::1"]);
        Assert.True(networks.Contains(new IPEndPoint(IPAddress.Parse("192.168.3.4"), 1)));
        Assert.True(networks.Contains(new IPEndPoint(IPAddress.IPv6Loopback, 1)));
        Assert.False(networks.Contains(new IPEndPoint(IPAddress.Parse("172.16.0.1"), 1)));
    }

    [Fact]
    public void Peers_on_unix_sockets_are_held_by_unix_only()
    {
        EndPoint peer = new UnixDomainSocketEndPoint("/tmp/a.sock");
        Assert.True(Networks.Parse(["unix"]).Contains(peer));
        Assert.False(Networks.Parse(["0.0.0.0/0", "::/0"]).Contains(peer));
        Assert.False(Networks.Parse(["unix"]).Contains(new IPEndPoint(IPAddress.Loopback, 1)));
    }

    [Fact]
    public void An_empty_list_holds_nobody() => Assert.False(Networks.Parse([]).Contains(new IPEndPoint(IPAddress.Loopback, 1)));

    [Theory]
    [InlineData("")]
    [InlineData("10/8")] // 0.0.0.10 to the framework
    [InlineData("10.0.0/24")]
    [InlineData("010.0.0.0/8")]
    [InlineData("10.0.0.1/8")] // bits behind the prefix
    [InlineData("2001:db8::1/32")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0.0/255.0.0.0")]
    [InlineData("::/129")]
    [InlineData("::ffff:10.0.0.0/64")]
    [InlineData("[::1]")]
    [InlineData("fe80::1%3")]
    [InlineData("name.example")]
    [InlineData("UNIX")]
    public void What_is_no_network_is_named(string text)
    {
        Assert.False(Networks.TryParse(["10.0.0.0/8", text], out _, out var wrong));
        Assert.Equal(text, wrong);
        Assert.Contains($"\"{text}\"", Assert.Throws<FormatException>(() => Networks.Parse([text])).Message, StringComparison.Ordinal);
    }
}
