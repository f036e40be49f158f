using System.Net;
using System.Net.Sockets;
using Scp.Actors.Connections;

namespace Scp.Tests.Actors.Connections;

public class EndPointTextSpec
{
    [Theory]
    [InlineData("10.0.0.7:8080", "10.0.0.7:8080")]
    [InlineData("127.0.0.1:1", "127.0.0.1:1")]
    [InlineData("[::1]:8080", "[::1]:8080")]
    [InlineData("[2001:db8::7]:65535", "[2001:db8::7]:65535")]
    [InlineData("[::ffff:10.0.0.7]:80", "10.0.0.7:80")]
    [InlineData("localhost:80", "127.0.0.1:80")]
    [InlineData("LocalHost:80", "127.0.0.1:80")]
    public void An_address_and_a_port_are_read(string text, string expected)
    {
        foreach (var forListening in (bool[])[true, false])
        {
            Assert.True(EndPointText.TryParse(text, forListening, out var endPoint));
            Assert.Equal(IPEndPoint.Parse(expected), endPoint);
        }
    }

    [Theory]
    [InlineData("name.example:8080", "name.example", 8080)]
    [InlineData("backend:80", "backend", 80)]
    [InlineData("my_service:80", "my_service", 80)]
    [InlineData("a1.b2:80", "a1.b2", 80)]
    public void A_name_may_be_connected_to_and_not_listened_on(string text, string host, int port)
    {
        Assert.True(EndPointText.TryParse(text, forListening: false, out var endPoint));
        Assert.Equal(new DnsEndPoint(host, port), endPoint);
        Assert.False(EndPointText.TryParse(text, forListening: true, out _));
    }

    [Theory]
    [InlineData("*:8080", 8080)]
    [InlineData("*:0", 0)]
    public void All_addresses_may_be_listened_on_and_not_connected_to(string text, int port)
    {
        Assert.True(EndPointText.TryParse(text, forListening: true, out var endPoint));
        Assert.Equal(new IPEndPoint(IPAddress.IPv6Any, port), endPoint);
        Assert.False(EndPointText.TryParse(text, forListening: false, out _));
    }

    [Fact]
    public void Port_0_is_for_listening_only()
    {
        Assert.True(EndPointText.TryParse("127.0.0.1:0", forListening: true, out _));
        Assert.False(EndPointText.TryParse("127.0.0.1:0", forListening: false, out _));
    }

    [Fact]
    public void A_unix_socket_is_a_path()
    {
        Assert.True(EndPointText.TryParse("unix:/run/app.sock", forListening: true, out var endPoint));
        Assert.Equal(AddressFamily.Unix, endPoint.AddressFamily);
        Assert.Equal("/run/app.sock", endPoint.ToString());
    }

    [Fact]
    public void A_unix_path_is_counted_in_bytes()
    {
        Assert.True(EndPointText.TryParse("unix:/" + new string('a', 99), forListening: true, out _));
        Assert.False(EndPointText.TryParse("unix:/" + new string('a', 100), forListening: true, out _));
        Assert.False(EndPointText.TryParse("unix:/" + new string('ä', 60), forListening: true, out _));
        Assert.False(EndPointText.TryParse("unix:/a\0b", forListening: true, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData(":80")]
    [InlineData("10.0.0.7")]
    [InlineData("10.0.0.7:")]
    [InlineData("10.0.0.7:-1")]
    [InlineData("10.0.0.7:+1")]
    [InlineData("10.0.0.7: 80")]
    [InlineData("10.0.0.7:65536")]
    [InlineData("10.0.0.7:http")]
    [InlineData("10.0.0:80")] // short forms are read as other addresses
    [InlineData("10.7:80")]
    [InlineData("7:80")]
    [InlineData("010.0.0.7:80")] // octal
    [InlineData("0x0a.0.0.7:80")]
    [InlineData("10.0.0.256:80")]
    [InlineData("10.0.0.7.8:80")]
    [InlineData("::1:80")]
    [InlineData("[::1]")]
    [InlineData("[::1:80")]
    [InlineData("[]:80")]
    [InlineData("[10.0.0.7]:80")]
    [InlineData("[[::1]]:80")]
    [InlineData("[[::1]:5]:80")]
    [InlineData("[::1/64]:80")]
    [InlineData("[name.example]:80")]
    [InlineData("a b:80")]
    [InlineData("http://name.example:80")]
    [InlineData("unix:")]
    public void Anything_else_is_refused(string text)
    {
        Assert.False(EndPointText.TryParse(text, forListening: false, out _));
        Assert.False(EndPointText.TryParse(text, forListening: true, out _));
    }
}
