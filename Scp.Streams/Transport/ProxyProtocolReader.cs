using System.Net;
using Scp.Streams.Http1;

namespace Scp.Streams.Transport;

/// <summary>What a PROXY protocol header says; null where it says nothing (LOCAL, UNKNOWN).</summary>
public readonly record struct ProxyHeader(IPEndPoint? Source, IPEndPoint? Target);

/// <summary>Reads PROXY protocol headers.</summary>
public static class ProxyProtocolReader
{
    public static ParseStatus TryRead(ReadOnlySpan<byte> input, out ProxyHeader header, out int consumed)
    {
        header = default;
        consumed = 0;
        return ParseStatus.Rejected;
    }
}
