using System.Net;
using System.Net.Sockets;
using System.Text;
using Scp.Streams.Dispatch;
using Scp.Streams.Http1;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Tests.Streams.Transport;

public class ProxyProtocolWriterSpec
{
    private static readonly EndPoint Unix = new UnixDomainSocketEndPoint("/tmp/scp.sock");

    [Theory]
    [InlineData("192.0.2.7:49153", "198.51.100.9:443", "PROXY TCP4 192.0.2.7 198.51.100.9 49153 443\r\n")]
    [InlineData("[2001:db8::7]:49153", "[::1]:443", "PROXY TCP6 2001:db8::7 ::1 49153 443\r\n")]
    [InlineData("[::ffff:192.0.2.7]:1", "[::ffff:198.51.100.9]:2", "PROXY TCP4 192.0.2.7 198.51.100.9 1 2\r\n")]
    [InlineData("192.0.2.7:1", "[::1]:2", "PROXY TCP6 ::ffff:c000:207 ::1 1 2\r\n")]
    [InlineData("[fe80::1%3]:1", "[fe80::2%3]:2", "PROXY TCP6 fe80::1 fe80::2 1 2\r\n")]
    public void Version_1_is_a_line_of_text(string client, string local, string line) =>
        Assert.Equal(line, Encoding.ASCII.GetString(Write(ProxyProtocolVersion.V1, IPEndPoint.Parse(client), IPEndPoint.Parse(local))));

    [Fact]
    public void Version_2_of_IPv4_has_28_bytes() => Assert.Equal(
        "0D0A0D0A000D0A515549540A" + "21" + "11" + "000C" + "C0000207" + "C6336409" + "C001" + "01BB",
        Convert.ToHexString(Write(ProxyProtocolVersion.V2, IPEndPoint.Parse("192.0.2.7:49153"), IPEndPoint.Parse("198.51.100.9:443"))));

    [Fact]
    public void Version_2_of_IPv6_has_52_bytes() => Assert.Equal(
        "0D0A0D0A000D0A515549540A" + "21" + "21" + "0024" + "20010DB8000000000000000000000007" + "00000000000000000000000000000001" + "C001" + "01BB",
        Convert.ToHexString(Write(ProxyProtocolVersion.V2, IPEndPoint.Parse("[2001:db8::7]:49153"), IPEndPoint.Parse("[::1]:443"))));

    [Fact]
    public void A_client_without_an_IP_address_is_unknown_or_local()
    {
        Assert.Equal("PROXY UNKNOWN\r\n"u8.ToArray(), Write(ProxyProtocolVersion.V1, Unix, Unix));
        Assert.Equal("0D0A0D0A000D0A515549540A20000000", Convert.ToHexString(Write(ProxyProtocolVersion.V2, Unix, Unix)));
    }

    [Theory]
    [InlineData(ProxyProtocolVersion.V1)]
    [InlineData(ProxyProtocolVersion.V2)]
    public void What_is_written_is_read_back(ProxyProtocolVersion version)
    {
        var random = new Random(11);
        for (var i = 0; i < 2000; i++)
        {
            var (client, local) = (RandomEndPoint(random), RandomEndPoint(random));
            var bytes = Write(version, client, local);
            Assert.Equal(ParseStatus.Done, ProxyProtocolReader.TryRead(bytes, out var header, out var consumed));
            Assert.Equal(bytes.Length, consumed);
            Assert.Equal((client.Port, local.Port), (header.Source!.Port, header.Target!.Port));
            Assert.Equal((client.Address.MapToIPv6(), local.Address.MapToIPv6()), (header.Source.Address.MapToIPv6(), header.Target.Address.MapToIPv6()));
        }
    }

    private static IPEndPoint RandomEndPoint(Random random)
    {
        var bytes = new byte[random.Next(2) == 0 ? 4 : 16];
        random.NextBytes(bytes);
        for (var zeros = random.Next(bytes.Length); zeros > 0; zeros--) bytes[random.Next(bytes.Length)] = 0; // so that "::" occurs
        return new IPEndPoint(new IPAddress(bytes), random.Next(65536));
    }

    private static byte[] Write(ProxyProtocolVersion version, EndPoint client, EndPoint local)
    {
        var destination = new byte[ProxyProtocolWriter.MaxSize];
        var info = ClientConnectionInfo.Create(1, "public", client, local, client, isTrustedProxy: false);
        return destination[..ProxyProtocolWriter.Write(version, info, destination)];
    }
}
