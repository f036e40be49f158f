using System.Buffers.Binary;
using System.Net;
using System.Text;
using Scp.Tests.Support;

namespace Scp.Tests.EndToEnd;

/// <summary>scp.pools.*.connections.send-proxy-protocol, as a backend sees it.</summary>
public class ProxyProtocolSpec
{
    private const string Signature = "\r\n\r\n\0\r\nQUIT\n";

    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    public async Task Every_connection_begins_with_one_header_that_names_the_client_and_is_not_shared(string version)
    {
        await using var origin = Origin();
        await using var proxy = await ProxyUnderTest.StartAsync(origin.EndPoint, $"scp.pools.origin.connections.send-proxy-protocol = {version}");
        using var first = proxy.Connect();
        using var second = proxy.Connect();

        Ask(first, "/first");
        Ask(second, "/second");
        Ask(first, "/third");

        Assert.Equal(3, origin.Connections.Count);
        AssertBegins(origin, "/first", Header(version, first.EndPoint, proxy.EndPoint));
        AssertBegins(origin, "/second", Header(version, second.EndPoint, proxy.EndPoint));
        AssertBegins(origin, "/third", Header(version, first.EndPoint, proxy.EndPoint));
    }

    [Fact]
    public async Task Switched_off_there_is_no_header_and_the_connection_is_shared()
    {
        await using var origin = Origin();
        await using var proxy = await ProxyUnderTest.StartAsync(origin.EndPoint);
        using var first = proxy.Connect();
        using var second = proxy.Connect();

        Ask(first, "/first");
        Ask(second, "/second");

        Assert.StartsWith("GET /first ", Assert.Single(origin.Connections).Received);
    }

    /// <summary>The signature of version 2 looks like an empty head, which is not answered.</summary>
    private static ScriptedOrigin Origin() =>
        new((connection, request) => request == "\r\n\r\n" ? Task.CompletedTask : connection.SendAsync(OriginScripts.OkResponse));

    private static void Ask(RawClient client, string path)
    {
        var before = client.Received.Length;
        client.Send($"GET {path} HTTP/1.1\r\nHost: scp.test\r\n\r\n");
        client.ReadBeyond(before, "\r\n\r\nok");
    }

    private static void AssertBegins(ScriptedOrigin origin, string path, string header)
    {
        var received = Assert.Single(origin.Connections, c => c.Received.Contains($"GET {path} ", StringComparison.Ordinal)).Received;
        Assert.StartsWith($"{header}GET {path} HTTP/1.1\r\n", received);
        Assert.DoesNotContain("PROXY", received[header.Length..]);
        Assert.DoesNotContain(Signature, received[header.Length..]);
    }

    private static string Header(string version, IPEndPoint client, IPEndPoint proxy)
    {
        if (version == "v1") return $"PROXY TCP4 {client.Address} {proxy.Address} {client.Port} {proxy.Port}\r\n";
        Span<byte> rest = [0x21, 0x11, 0, 12, .. client.Address.GetAddressBytes(), .. proxy.Address.GetAddressBytes(), 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(rest[^4..], (ushort)client.Port);
        BinaryPrimitives.WriteUInt16BigEndian(rest[^2..], (ushort)proxy.Port);
        return Signature + Encoding.Latin1.GetString(rest);
    }
}
