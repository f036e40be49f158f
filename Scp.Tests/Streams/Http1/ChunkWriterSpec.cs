using CsCheck;
using Scp.Streams.Http1;
using Scp.Streams.Messages;
using static Scp.Tests.Streams.Http1.Heads;

namespace Scp.Tests.Streams.Http1;

public class ChunkWriterSpec
{
    [Theory]
    [InlineData(1, "1\r\n")]
    [InlineData(15, "f\r\n")]
    [InlineData(16, "10\r\n")]
    [InlineData(65536, "10000\r\n")]
    [InlineData(int.MaxValue, "7fffffff\r\n")]
    public void A_header_is_the_size_without_leading_zeros(int size, string expected)
    {
        Span<byte> buffer = stackalloc byte[ChunkWriter.MaxHeader];
        var written = ChunkWriter.WriteHeader(buffer, size);
        Assert.Equal(expected, Text(buffer[..written]));
    }

    [Fact]
    public void A_chunk_of_nothing_cannot_be_written() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ChunkWriter.WriteHeader(new byte[10], 0));

    [Fact]
    public void The_last_chunk_carries_the_trailers()
    {
        var trailers = new FieldSection();
        trailers.Add("Grpc-Status"u8, "0"u8);
        Assert.Equal("0\r\nGrpc-Status: 0\r\n\r\n", Last(trailers));
        Assert.Equal("0\r\n\r\n", Last(new FieldSection()));
        Assert.Equal("0\r\n\r\n", Last(null));
    }

    [Fact]
    public void An_invalid_trailer_is_never_written()
    {
        var trailers = new FieldSection();
        trailers.Add("X"u8, "a\r\n\r\nGET / HTTP/1.1"u8);
        Assert.Null(Last(trailers));
    }

    [Fact]
    public void What_is_written_is_decoded_to_the_same_content() => Gen.Byte.Array[1, 300].Array[0, 6].Sample(pieces =>
    {
        var stream = new List<byte>();
        var header = new byte[ChunkWriter.MaxHeader];
        foreach (var piece in pieces)
        {
            stream.AddRange(header.AsSpan(0, ChunkWriter.WriteHeader(header, piece.Length)));
            stream.AddRange(piece);
            stream.AddRange(ChunkWriter.End);
        }

        stream.AddRange(ChunkWriter.LastChunk);
        var decoder = new ChunkedDecoder();
        var rest = stream.ToArray().AsSpan();
        var decoded = new List<byte>();
        ChunkStatus status;
        while ((status = decoder.Decode(rest, Limits, out var consumed, out var content, out _)) == ChunkStatus.Content)
        {
            decoded.AddRange(rest.Slice(content.Offset, content.Length));
            rest = rest[consumed..];
        }

        Assert.Equal(ChunkStatus.End, status);
        Assert.Equal(pieces.SelectMany(piece => piece), decoded);
    }, iter: 2_000);

    private static string? Last(FieldSection? trailers)
    {
        var buffer = new byte[ChunkWriter.MeasureLast(trailers)];
        if (!ChunkWriter.TryWriteLast(buffer, trailers, out var written, out _)) return null;
        Assert.Equal(buffer.Length, written);
        return Text(buffer);
    }
}
