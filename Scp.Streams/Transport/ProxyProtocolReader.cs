using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using Scp.Streams.Http1;

namespace Scp.Streams.Transport;

/// <summary>
/// What a PROXY protocol header says; null where it names no IP address (LOCAL, UNKNOWN, unspecified, unix sockets): then the
/// connection speaks for itself.
/// </summary>
public readonly record struct ProxyHeader(IPEndPoint? Source, IPEndPoint? Target);

/// <summary>
/// Reads a PROXY protocol header, version 1 (one line of text) or 2 (binary), by the grammar of HAProxy's specification. The first
/// byte tells them apart. However the bytes are cut, the verdict is the same; garbage is refused at its first byte.
/// </summary>
/// <remarks>
/// Version 2:
/// <code>
///  0           12              13                 14        16         16 + addresses
/// +-----------+---------------+------------------+---------+----------+------------------+
/// | signature | version, cmd  | family, protocol | length  | addresses| TLVs (skipped)   |
/// +-----------+---------------+------------------+---------+----------+------------------+
///                                                           \_______ length bytes ______/
/// </code>
/// </remarks>
public static class ProxyProtocolReader
{
    /// <summary>The longest line of version 1, with its line end (specification, 2.1).</summary>
    public const int MaxLine = 107;

    /// <summary>The longest header that is read: one small buffer. The specification asks for 536 bytes at least.</summary>
    public const int MaxSize = BufferPool.SmallSize;

    private const int FixedSize = 16, UnixAddresses = 216;

    private static readonly SearchValues<byte> V6Characters = SearchValues.Create("0123456789abcdefABCDEF:."u8);

    private static ReadOnlySpan<byte> SignatureV1 => "PROXY "u8;

    private static ReadOnlySpan<byte> SignatureV2 => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Reads the header at the start of the input. <paramref name="consumed"/> is its length when done, else 0.</summary>
    public static ParseStatus TryRead(ReadOnlySpan<byte> input, out ProxyHeader header, out int consumed)
    {
        header = default;
        consumed = 0;
        if (input.IsEmpty) return ParseStatus.NeedMore;
        return input[0] == SignatureV1[0] ? ReadV1(input, ref header, ref consumed) : ReadV2(input, ref header, ref consumed);
    }

    private static ParseStatus ReadV1(ReadOnlySpan<byte> input, ref ProxyHeader header, ref int consumed)
    {
        if (!StartsLike(input, SignatureV1)) return ParseStatus.Rejected;
        var window = input[..Math.Min(input.Length, MaxLine)];
        var end = window.IndexOfAny((byte)'\r', (byte)'\n');
        if (end < 0 || (end == window.Length - 1 && window[end] == '\r'))
            return input.Length < MaxLine ? ParseStatus.NeedMore : ParseStatus.Rejected;
        if (window[end] == '\n' || window[end + 1] != '\n' || !TryReadLine(window[..end], out header)) return ParseStatus.Rejected;
        consumed = end + 2;
        return ParseStatus.Done;
    }

    /// <summary>
    /// The line without its end: "PROXY TCP4 source target source-port target-port", single spaces, or "PROXY UNKNOWN" and anything.
    /// </summary>
    private static bool TryReadLine(ReadOnlySpan<byte> line, out ProxyHeader header)
    {
        header = default;
        if (line.Length < SignatureV1.Length) return false;
        var rest = line[SignatureV1.Length..];
        var protocol = NextToken(ref rest, out var more);
        if (protocol.SequenceEqual("UNKNOWN"u8)) return true;
        var isV4 = protocol.SequenceEqual("TCP4"u8);
        if (!more || (!isV4 && !protocol.SequenceEqual("TCP6"u8))) return false;
        if (!TryReadAddress(NextToken(ref rest, out more), isV4, out var source) || !more) return false;
        if (!TryReadAddress(NextToken(ref rest, out more), isV4, out var target) || !more) return false;
        if (!TryReadNumber(NextToken(ref rest, out more), ushort.MaxValue, out var sourcePort) || !more) return false;
        if (!TryReadNumber(NextToken(ref rest, out more), ushort.MaxValue, out var targetPort) || more) return false;
        header = new ProxyHeader(new IPEndPoint(source, sourcePort), new IPEndPoint(target, targetPort));
        return true;
    }

    /// <summary>Takes what precedes the next space; <paramref name="more"/> when there was one.</summary>
    private static ReadOnlySpan<byte> NextToken(ref ReadOnlySpan<byte> rest, out bool more)
    {
        var space = rest.IndexOf((byte)' ');
        more = space >= 0;
        var token = more ? rest[..space] : rest;
        rest = more ? rest[(space + 1)..] : default;
        return token;
    }

    private static bool TryReadAddress(ReadOnlySpan<byte> text, bool isV4, out IPAddress address) =>
        isV4 ? TryReadV4(text, out address) : TryReadV6(text, out address);

    private static bool TryReadV4(ReadOnlySpan<byte> text, out IPAddress address)
    {
        address = IPAddress.None;
        Span<byte> bytes = stackalloc byte[4];
        for (var i = 0; i < bytes.Length; i++)
        {
            var dot = i < bytes.Length - 1 ? text.IndexOf((byte)'.') : text.Length;
            if (dot < 0 || !TryReadNumber(text[..dot], byte.MaxValue, out var part)) return false;
            bytes[i] = (byte)part;
            text = text[Math.Min(dot + 1, text.Length)..];
        }

        address = new IPAddress(bytes);
        return true;
    }

    /// <summary>
    /// What inet_pton reads: no brackets, scope or prefix. HAProxy writes mapped addresses with dots ("::ffff:192.0.2.1").
    /// </summary>
    private static bool TryReadV6(ReadOnlySpan<byte> text, out IPAddress address)
    {
        address = IPAddress.IPv6None;
        if (text.ContainsAnyExcept(V6Characters) || !text.Contains((byte)':')) return false;
        if (text.Contains((byte)'.') && !TryReadV4(text[(text.LastIndexOf((byte)':') + 1)..], out _)) return false;
        Span<char> characters = stackalloc char[45];
        if (text.Length > characters.Length) return false;
        for (var i = 0; i < text.Length; i++) characters[i] = (char)text[i];
        if (!IPAddress.TryParse(characters[..text.Length], out var parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6)
            return false;
        address = parsed;
        return true;
    }

    /// <summary>Decimal digits without leading zeros.</summary>
    private static bool TryReadNumber(ReadOnlySpan<byte> text, int max, out int number)
    {
        number = 0;
        if (text.Length is 0 or > 5 || (text.Length > 1 && text[0] == '0')) return false;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit((char)digit)) return false;
            number = (number * 10) + (digit - '0');
        }

        return number <= max;
    }

    private static ParseStatus ReadV2(ReadOnlySpan<byte> input, ref ProxyHeader header, ref int consumed)
    {
        if (!StartsLike(input, SignatureV2)) return ParseStatus.Rejected;
        if (input.Length > 12 && input[12] is not (0x20 or 0x21)) return ParseStatus.Rejected;
        if (input.Length <= 13) return ParseStatus.NeedMore;
        var isLocal = input[12] == 0x20; // a health check of the proxy itself: its family is ignored
        var addresses = isLocal ? 0 : AddressesSize(input[13]);
        if (addresses < 0) return ParseStatus.Rejected;
        if (input.Length < FixedSize) return ParseStatus.NeedMore;
        var size = FixedSize + BinaryPrimitives.ReadUInt16BigEndian(input[14..]);
        if (size > MaxSize || size < FixedSize + addresses) return ParseStatus.Rejected;
        if (input.Length < size) return ParseStatus.NeedMore;
        var whole = input[..size];
        if (!isLocal)
        {
            if (!AreExtensionsValid(whole, FixedSize + addresses)) return ParseStatus.Rejected;
            if (addresses is not (0 or UnixAddresses)) header = ReadAddresses(whole.Slice(FixedSize, addresses));
        }

        consumed = size;
        return ParseStatus.Done;
    }

    /// <summary>Size of the addresses of a family; negative when it is not valid here (datagrams carry no HTTP/1.1 or HTTP/2).</summary>
    private static int AddressesSize(byte familyAndProtocol) => familyAndProtocol switch
    {
        0x00 => 0,
        0x11 => 12,
        0x21 => 36,
        0x31 => UnixAddresses,
        _ => -1,
    };

    private static ProxyHeader ReadAddresses(ReadOnlySpan<byte> bytes)
    {
        var size = (bytes.Length - 4) / 2;
        return new ProxyHeader(
            new IPEndPoint(new IPAddress(bytes[..size]), BinaryPrimitives.ReadUInt16BigEndian(bytes[(2 * size)..])),
            new IPEndPoint(new IPAddress(bytes[size..(2 * size)]), BinaryPrimitives.ReadUInt16BigEndian(bytes[((2 * size) + 2)..])));
    }

    /// <summary>Type, length, value, to the end exactly; a checksum must be right (specification, 2.2.3), the rest is skipped.</summary>
    private static bool AreExtensionsValid(ReadOnlySpan<byte> whole, int start)
    {
        const int TypeAndLength = 3;
        const byte Crc32C = 0x03;
        while (start < whole.Length)
        {
            if (whole.Length - start < TypeAndLength) return false;
            var value = start + TypeAndLength;
            var end = value + BinaryPrimitives.ReadUInt16BigEndian(whole[(start + 1)..]);
            if (end > whole.Length) return false;
            if (whole[start] == Crc32C
                && (end - value != 4 || Checksum(whole, value) != BinaryPrimitives.ReadUInt32BigEndian(whole[value..])))
                return false;
            start = end;
        }

        return true;
    }

    /// <summary>CRC-32C of the header with the four bytes at <paramref name="zeroed"/> taken as zero.</summary>
    private static uint Checksum(ReadOnlySpan<byte> whole, int zeroed)
    {
        var crc = uint.MaxValue;
        for (var i = 0; i < whole.Length; i++) crc = BitOperations.Crc32C(crc, i >= zeroed && i < zeroed + 4 ? (byte)0 : whole[i]);
        return ~crc;
    }

    private static bool StartsLike(ReadOnlySpan<byte> input, ReadOnlySpan<byte> signature)
    {
        var common = Math.Min(input.Length, signature.Length);
        return input[..common].SequenceEqual(signature[..common]);
    }
}
