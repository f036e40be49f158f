using System.Net;
using System.Text;
using Scp.Streams.Balancing;
using Scp.Streams.Messages;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Balancing;

public class HashKeySpec
{
    [Theory]
    [InlineData(HashKeySource.ClientAddress, "", "127.0.0.1")]
    [InlineData(HashKeySource.Header, "x-user", "alice")]
    [InlineData(HashKeySource.Header, "user-agent", "curl")]
    [InlineData(HashKeySource.Cookie, "cart", "4711")]
    [InlineData(HashKeySource.Cookie, "theme", "dark=er")]
    [InlineData(HashKeySource.Path, "", "/a/b")]
    [InlineData(HashKeySource.Query, "id", "7")]
    [InlineData(HashKeySource.Query, "", "xid=1&id=7&id=8")]
    public void The_part_that_is_named_is_hashed(HashKeySource source, string name, string part)
    {
        var request = Requests.Get(
            "shop.example", "/a/b?xid=1&id=7&id=8",
            ("X-User", "alice"), ("X-User", "bob"), ("User-Agent", "curl"), ("Cookie", "xcart=1; cart=4711"), ("Cookie", "theme=dark=er"));
        Assert.Equal(StableHash.Of(Encoding.ASCII.GetBytes(part)), new HashKey(source, name).Of(request, new PickRandom(1)));
    }

    [Theory]
    [InlineData(HashKeySource.Header, "x-user")]
    [InlineData(HashKeySource.Header, "x-empty")]
    [InlineData(HashKeySource.Cookie, "cart")]
    [InlineData(HashKeySource.Cookie, "CART2")]
    [InlineData(HashKeySource.Query, "id")]
    [InlineData(HashKeySource.Query, "")]
    public void A_request_without_it_gets_a_random_key(HashKeySource source, string name)
    {
        var request = Requests.Get("shop.example", "/a/b", ("X-Empty", ""), ("Cookie", "cart; cart=; cart2=1"));
        var random = new PickRandom(1);
        var key = new HashKey(source, name);
        Assert.NotEqual(key.Of(request, random), key.Of(request, random));
    }

    [Fact]
    public void Clients_of_a_unix_socket_are_not_all_alike()
    {
        var path = new System.Net.Sockets.UnixDomainSocketEndPoint("/run/x.sock");
        var connection = ClientConnectionInfo.Create(1, "main", path, path, path, isTrustedProxy: false);
        var request = new Exchange(connection, Requests.Get("a", "/").Exchange.Downstream).Request;
        var random = new PickRandom(1);
        var key = new HashKey(HashKeySource.ClientAddress, "");
        Assert.NotEqual(key.Of(request, random), key.Of(request, random));
    }

    [Fact]
    public void The_port_of_the_client_does_not_count()
    {
        var key = new HashKey(HashKeySource.ClientAddress, "");
        Assert.Equal(key.Of(From(1000), new PickRandom(1)), key.Of(From(2000), new PickRandom(2)));

        static RequestHead From(int port)
        {
            var remote = new IPEndPoint(IPAddress.Parse("192.0.2.7"), port);
            var connection = ClientConnectionInfo.Create(1, "main", remote, remote, remote, isTrustedProxy: false);
            return new Exchange(connection, Requests.Get("a", "/").Exchange.Downstream).Request;
        }
    }

    [Fact]
    public void A_key_costs_no_garbage()
    {
        var request = Requests.Get("shop.example", "/a?id=7", ("X-User", "alice"), ("Cookie", "a=b; cart=4711"));
        HashKey[] keys = [new(HashKeySource.Header, "x-user"), new(HashKeySource.Cookie, "cart"), new(HashKeySource.Query, "id"), new(HashKeySource.ClientAddress, "")];
        var random = new PickRandom(1);
        foreach (var key in keys) key.Of(request, random);
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var key in keys) key.Of(request, random);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
