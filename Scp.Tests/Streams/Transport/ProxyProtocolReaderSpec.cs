using System.Buffers.Binary;
using System.Net;
using System.Text;
using Scp.Streams.Http1;
using Scp.Streams.Transport;

namespace Scp.Tests.Streams.Transport;

public class ProxyProtocolReaderSpec
{
    private static readonly byte[] Signature = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];
    private static readonly byte[] V4Addresses = [192, 0, 2, 7, 198, 51, 100, 9, 0xC0, 0x01, 0x01, 0xBB];

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.9 49153 443\r\n", "192.0.2.7:49153", "198.51.100.9:443")]
    [InlineData("PROXY TCP4 0.0.0.0 255.255.255.255 0 65535\r\n", "0.0.0.0:0", "255.255.255.255:65535")]
    [InlineData("PROXY TCP6 2001:db8::7 ::1 49153 443\r\n", "[2001:db8::7]:49153", "[::1]:443")]
    [InlineData("PROXY TCP6 2001:DB8:0000:0:0:0:0:7 :: 1 2\r\n", "[2001:db8::7]:1", "[::]:2")]
    [InlineData("PROXY TCP6 ::ffff:c000:207 ::ffff:192.0.2.9 1 2\r\n", "[::ffff:192.0.2.7]:1", "[::ffff:192.0.2.9]:2")]
    public void A_line_names_source_and_target(string line, string source, string target) =>
        AssertDone(Bytes(line), IPEndPoint.Parse(source), IPEndPoint.Parse(target));

    [Fact]
    public void The_longest_line_with_addresses_is_read()
    {
        const string Longest = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
        AssertDone(
            Bytes($"PROXY TCP6 {Longest} {Longest} 65535 65535\r\n"),
            new IPEndPoint(IPAddress.Parse(Longest), 65535), new IPEndPoint(IPAddress.Parse(Longest), 65535));
    }

    [Theory]
    [InlineData("PROXY UNKNOWN\r\n")]
    [InlineData("PROXY UNKNOWN \r\n")]
    [InlineData("PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n")]
    public void An_unknown_line_names_nobody(string line) => AssertDone(Bytes(line), null, null);

    [Fact]
    public void A_line_may_be_107_bytes_long_and_not_108()
    {
        AssertDone(Bytes("PROXY UNKNOWN " + new string('x', 91) + "\r\n"), null, null);
        AssertRejected(Bytes("PROXY UNKNOWN " + new string('x', 92) + "\r\n"));
        AssertRejected(Bytes("PROXY UNKNOWN " + new string('x', 93)));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("proxy TCP4 1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXYTCP4 1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY \r\n")]
    [InlineData("PROXY\r\n")]
    [InlineData("PROXY TCP4\r\n")]
    [InlineData("PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY UNKNOWNX\r\n")]
    [InlineData("PROXY TCP5 1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY  TCP4 1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4  1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4\t1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 2 \r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\r\n")]
    [InlineData("PROXY UNKNOWN \rx\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 01 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 00\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 65536\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 -1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 +1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 99999999999 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.04 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.256 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4.5 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4 0x1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4 ::1 ::2 1 2\r\n")]
    [InlineData("PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP6 [::1] ::2 1 2\r\n")]
    [InlineData("PROXY TCP6 fe80::1%1 ::2 1 2\r\n")]
    [InlineData("PROXY TCP6 ::1/64 ::2 1 2\r\n")]
    [InlineData("PROXY TCP6 1::2::3 ::2 1 2\r\n")]
    [InlineData("PROXY TCP6 1:2:3:4:5:6:7:8:9 ::2 1 2\r\n")]
    [InlineData("PROXY TCP6 1:2:3:4:5:6:7 ::2 1 2\r\n")]
    [InlineData("PROXY TCP6 00001::2 ::2 1 2\r\n")]
    [InlineData("PROXY TCP6 ::ffff:1.2.3.04 ::2 1 2\r\n")]
    [InlineData("PROXY TCP6 ::g ::2 1 2\r\n")]
    public void A_line_that_breaks_the_grammar_is_refused(string line) => AssertRejected(Bytes(line));

    [Fact]
    public void Garbage_is_refused_at_its_first_byte() =>
        Assert.Equal(ParseStatus.Rejected, ProxyProtocolReader.TryRead("G"u8, out _, out _));

    [Fact]
    public void Binary_IPv4_addresses_are_read() =>
        AssertDone(V2(0x21, 0x11, V4Addresses), new IPEndPoint(IPAddress.Parse("192.0.2.7"), 49153), new IPEndPoint(IPAddress.Parse("198.51.100.9"), 443));

    [Fact]
    public void Binary_IPv6_addresses_are_read()
    {
        byte[] source = [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7];
        byte[] target = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        AssertDone(
            V2(0x21, 0x21, [.. source, .. target, 0xC0, 0x01, 0x01, 0xBB]),
            new IPEndPoint(IPAddress.Parse("2001:db8::7"), 49153), new IPEndPoint(IPAddress.Parse("::1"), 443));
    }

    [Theory]
    [InlineData(0x20, 0x00, 0)] // LOCAL: a health check
    [InlineData(0x20, 0xFF, 0)] // its family is ignored
    [InlineData(0x20, 0x11, 12)] // and its addresses
    [InlineData(0x20, 0x11, 5)]
    [InlineData(0x21, 0x00, 0)] // unspecified
    [InlineData(0x21, 0x31, 216)] // unix
    public void Headers_without_IP_addresses_name_nobody(byte command, byte family, int size) =>
        AssertDone(V2(command, family, new byte[size]), null, null);

    [Theory]
    [InlineData(0x11, 0x11, 12)] // version 1 in binary
    [InlineData(0x31, 0x11, 12)]
    [InlineData(0x22, 0x11, 12)] // unknown command
    [InlineData(0x21, 0x41, 12)] // unknown family
    [InlineData(0x21, 0x10, 12)] // unknown protocol
    [InlineData(0x21, 0x13, 12)]
    [InlineData(0x21, 0x12, 12)] // datagrams
    [InlineData(0x21, 0x11, 11)] // addresses cut short
    [InlineData(0x21, 0x21, 35)]
    [InlineData(0x21, 0x31, 215)]
    [InlineData(0x21, 0x11, 13)] // an extension cut short
    [InlineData(0x21, 0x11, 14)]
    public void Binary_headers_that_break_the_format_are_refused(byte command, byte family, int size) =>
        AssertRejected(V2(command, family, new byte[size]));

    [Fact]
    public void Every_byte_of_the_signature_counts()
    {
        for (var i = 0; i < Signature.Length; i++)
        {
            var header = V2(0x21, 0x11, V4Addresses);
            header[i] ^= 0x80;
            AssertRejected(header);
        }
    }

    [Fact]
    public void Extensions_are_skipped_up_to_the_size_of_the_buffer()
    {
        var room = ProxyProtocolReader.MaxSize - 16 - V4Addresses.Length - 3;
        var source = new IPEndPoint(IPAddress.Parse("192.0.2.7"), 49153);
        var target = new IPEndPoint(IPAddress.Parse("198.51.100.9"), 443);
        AssertDone(V2(0x21, 0x11, [.. V4Addresses, .. Extension(0x02, "a.example"u8), .. Extension(0x04, [])]), source, target);
        AssertDone(V2(0x21, 0x11, [.. V4Addresses, .. Extension(0xEA, new byte[room])]), source, target);
        AssertRejected(V2(0x21, 0x11, [.. V4Addresses, .. Extension(0xEA, new byte[room + 1])]));
        AssertRejected(V2(0x20, 0x00, new byte[ushort.MaxValue]));
    }

    [Fact]
    public void A_length_that_no_buffer_holds_is_refused_before_its_bytes_came() =>
        Assert.Equal(ParseStatus.Rejected, ProxyProtocolReader.TryRead((byte[])[.. Signature, 0x21, 0x11, 0xFF, 0xFF], out _, out _));

    [Fact]
    public void An_extension_longer_than_the_header_is_refused() =>
        AssertRejected(V2(0x21, 0x11, [.. V4Addresses, 0x02, 0x00, 0x04, 1, 2, 3]));

    [Fact]
    public void The_checksum_must_be_right()
    {
        var header = V2(0x21, 0x11, [.. V4Addresses, .. Extension(0x03, new byte[4]), .. Extension(0x04, [1, 2])]);
        var at = 16 + V4Addresses.Length + 3;
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(at), Crc32C(header));
        AssertDone(header, new IPEndPoint(IPAddress.Parse("192.0.2.7"), 49153), new IPEndPoint(IPAddress.Parse("198.51.100.9"), 443));
        header[16] ^= 1; // another client
        AssertRejected(header);
        AssertRejected(V2(0x21, 0x11, [.. V4Addresses, .. Extension(0x03, new byte[3])]));
    }

    [Fact]
    public void No_bytes_ever_throw()
    {
        var random = new Random(7);
        byte[][] seeds = [V2(0x21, 0x11, [.. V4Addresses, .. Extension(0x02, "a"u8)]), V2(0x21, 0x21, new byte[36]), Bytes("PROXY TCP6 ::1 ::2 1 2\r\n")];
        for (var i = 0; i < 30_000; i++)
        {
            var bytes = (byte[])seeds[i % seeds.Length].Clone();
            for (var flips = random.Next(1, 4); flips > 0; flips--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var status = ProxyProtocolReader.TryRead(bytes.AsSpan(0, random.Next(bytes.Length + 1)), out _, out var consumed);
            Assert.InRange(consumed, 0, bytes.Length);
            Assert.Equal(status == ParseStatus.Done, consumed > 0);
        }
    }

    /// <summary>Done with the whole header, alone or with content behind it, and never before its last byte.</summary>
    private static void AssertDone(byte[] bytes, IPEndPoint? source, IPEndPoint? target)
    {
        for (var cut = 0; cut < bytes.Length; cut++)
        {
            Assert.Equal(ParseStatus.NeedMore, ProxyProtocolReader.TryRead(bytes.AsSpan(0, cut), out _, out var none));
            Assert.Equal(0, none);
        }

        foreach (var input in (byte[][])[bytes, [.. bytes, .. "GET / HTTP/1.1\r\n"u8], [.. bytes, .. bytes]])
        {
            var status = ProxyProtocolReader.TryRead(input, out var header, out var consumed);
            Assert.Equal((ParseStatus.Done, bytes.Length), (status, consumed));
            Assert.Equal((source, target), (header.Source, header.Target));
        }
    }

    /// <summary>Refused as a whole; no cut is taken for a header, and once refused it stays refused.</summary>
    private static void AssertRejected(byte[] bytes)
    {
        Assert.Equal(ParseStatus.Rejected, ProxyProtocolReader.TryRead(bytes, out var header, out var consumed));
        Assert.Equal((default, 0), (header, consumed));
        var refused = false;
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var status = ProxyProtocolReader.TryRead(bytes.AsSpan(0, cut), out _, out _);
            Assert.Equal(refused ? ParseStatus.Rejected : status, status);
            Assert.NotEqual(ParseStatus.Done, status);
            refused = status == ParseStatus.Rejected;
        }
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static byte[] V2(byte command, byte family, byte[] body) =>
        [.. Signature, command, family, (byte)(body.Length >> 8), (byte)body.Length, .. body];

    private static byte[] Extension(byte type, ReadOnlySpan<byte> value) => [type, (byte)(value.Length >> 8), (byte)value.Length, .. value];

    /// <summary>Bit by bit, by the polynomial of RFC 3720, appendix B.4: not the way the reader does it.</summary>
    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
        }

        return ~crc;
    }
}
