using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Scp.Streams.Dispatch;
using Scp.Streams.Messages;

namespace Scp.Streams.Transport;

/// <summary>
/// The PROXY protocol header that tells a backend who the client is (HAProxy's specification, versions 1 and 2). Addresses that are not
/// both IP are sent as UNKNOWN or LOCAL.
/// </summary>
public static class ProxyProtocolWriter
{
    /// <summary>The longest version 1 line is 107 bytes, the longest version 2 header without extensions 52.</summary>
    public const int MaxSize = 107;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    public static int Write(ProxyProtocolVersion version, ClientConnectionInfo client, Span<byte> destination)
    {
        var known = TryMatch(client, out var source, out var target);
        return version == ProxyProtocolVersion.V1
            ? WriteV1(known, source, target, destination)
            : WriteV2(known, source, target, destination);
    }

    private static bool TryMatch(ClientConnectionInfo client, out IPEndPoint source, out IPEndPoint target)
    {
        source = target = new IPEndPoint(IPAddress.None, 0);
        if (client.Remote is not IPEndPoint remote || client.Local is not IPEndPoint local) return false;
        source = Unmap(remote);
        target = Unmap(local);
        if (source.AddressFamily != target.AddressFamily)
        {
            source = new IPEndPoint(source.Address.MapToIPv6(), source.Port);
            target = new IPEndPoint(target.Address.MapToIPv6(), target.Port);
        }

        return true;
    }

    private static IPEndPoint Unmap(IPEndPoint endPoint) =>
        endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;

    /// <summary>An address as version 1 writes it: no scope ("%eth0" means nothing elsewhere), groups of hexadecimal digits only.</summary>
    private static string Text(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out var size) || size == 4) return address.ToString();
        return address.IsIPv4MappedToIPv6
            ? $"::ffff:{BinaryPrimitives.ReadUInt16BigEndian(bytes[12..]):x}:{BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]):x}"
            : new IPAddress(bytes).ToString();
    }

    private static int WriteV1(bool known, IPEndPoint source, IPEndPoint target, Span<byte> destination)
    {
        var family = source.AddressFamily == AddressFamily.InterNetwork ? "TCP4" : "TCP6";
        var line = known
            ? $"PROXY {family} {Text(source.Address)} {Text(target.Address)} {source.Port} {target.Port}\r\n"
            : "PROXY UNKNOWN\r\n";
        return Encoding.ASCII.GetBytes(line, destination);
    }

    private static int WriteV2(bool known, IPEndPoint source, IPEndPoint target, Span<byte> destination)
    {
        const int HeaderSize = 16;
        Signature.CopyTo(destination);
        destination[12] = known ? (byte)0x21 : (byte)0x20; // version 2, PROXY or LOCAL
        var isV4 = source.AddressFamily == AddressFamily.InterNetwork;
        destination[13] = !known ? (byte)0 : isV4 ? (byte)0x11 : (byte)0x21; // family and STREAM
        var length = 0;
        if (known)
        {
            var body = destination[HeaderSize..];
            source.Address.TryWriteBytes(body, out var size);
            target.Address.TryWriteBytes(body[size..], out _);
            BinaryPrimitives.WriteUInt16BigEndian(body[(2 * size)..], (ushort)source.Port);
            BinaryPrimitives.WriteUInt16BigEndian(body[((2 * size) + 2)..], (ushort)target.Port);
            length = (2 * size) + 4;
        }

        BinaryPrimitives.WriteUInt16BigEndian(destination[14..], (ushort)length);
        return HeaderSize + length;
    }
}
