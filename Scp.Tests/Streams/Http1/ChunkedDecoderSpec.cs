using CsCheck;
using Scp.Streams.Errors;
using Scp.Streams.Http1;
using Scp.Streams.Limits;
using Scp.Streams.Messages;
using static Scp.Tests.Streams.Http1.Heads;

namespace Scp.Tests.Streams.Http1;

public class ChunkedDecoderSpec
{
    private sealed record Decoded(ChunkStatus Status, ProxyError Error, string Content, int Consumed, string Trailers);

    /// <summary>Feeds pieces of the text, cut after so many bytes each.</summary>
    private static Decoded Decode(string text, LimitSettings? limits = null, int[]? cuts = null)
    {
        var bytes = Bytes(text);
        var decoder = new ChunkedDecoder();
        var content = "";
        var consumed = 0;
        var status = ChunkStatus.NeedMore;
        var error = ProxyError.None;
        var cut = 0;
        while (consumed < bytes.Length && status is ChunkStatus.NeedMore or ChunkStatus.Content)
        {
            var size = cuts is null ? bytes.Length : Math.Max(1, cuts[cut++ % cuts.Length]);
            var piece = bytes.AsSpan(consumed, Math.Min(size, bytes.Length - consumed));
            while (!piece.IsEmpty)
            {
                status = decoder.Decode(piece, limits ?? Limits, out var used, out var range, out error);
                Assert.InRange(used, 0, piece.Length);
                Assert.InRange(range.End, 0, used);
                content += Text(piece.Slice(range.Offset, range.Length));
                consumed += used;
                piece = piece[used..];
                if (status is ChunkStatus.End or ChunkStatus.Rejected) break;
                if (status == ChunkStatus.NeedMore) Assert.True(piece.IsEmpty);
            }
        }

        var trailers = decoder.TakeTrailers();
        var lines = trailers is null ? "" : string.Join("|", Enumerable.Range(0, trailers.Count).Where(i => !trailers.IsRemoved(i))
            .Select(i => $"{Text(trailers.Name(i))}={Text(trailers.Value(i))}"));
        trailers?.Release();
        decoder.Reset();
        return new Decoded(status, error, content, consumed, lines);
    }

    private static ProxyError Error(string text, LimitSettings? limits = null)
    {
        var decoded = Decode(text, limits);
        Assert.Equal(decoded.Status == ChunkStatus.Rejected, decoded.Error != ProxyError.None);
        return decoded.Error;
    }

    [Theory]
    [InlineData("0\r\n\r\n", "")]
    [InlineData("000\r\n\r\n", "")]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world")]
    [InlineData("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789")]
    [InlineData("0000000000000002\r\n\r\n\r\n0\r\n\r\n", "\r\n")]
    [InlineData("1;a\r\nx\r\n0;b\r\n\r\n", "x")]
    [InlineData("1;a=b;c=\"d;e\\\"\u00e9\t\";f\r\nx\r\n0\r\n\r\n", "x")]
    public void Chunks_become_content(string text, string expected)
    {
        var decoded = Decode(text + "GET ");
        Assert.Equal(new Decoded(ChunkStatus.End, ProxyError.None, expected, text.Length, ""), decoded);
    }

    [Fact]
    public void Content_is_a_range_of_the_input()
    {
        var decoder = new ChunkedDecoder();
        Assert.Equal(ChunkStatus.Content, decoder.Decode(Bytes("5\r\nhello\r\n"), Limits, out var consumed, out var content, out _));
        Assert.Equal((new ByteSlice(3, 5), 8), (content, consumed));
    }

    [Fact]
    public void The_largest_size_is_a_long()
    {
        Assert.Equal(ProxyError.None, Error("7fffffffffffffff\r\nx"));
        Assert.Equal(ProxyError.MalformedChunk, Error("8000000000000000\r\nx"));
        Assert.Equal(ProxyError.MalformedChunk, Error("ffffffffffffffff\r\nx"));
        Assert.Equal(ProxyError.MalformedChunk, Error("10000000000000000\r\nx"));
        Assert.Equal(ProxyError.MalformedChunk, Error("fffffffffffffffff0\r\nx"));
    }

    [Fact]
    public void Leading_zeros_are_bounded() => Assert.Equal(ProxyError.MalformedChunk, Error("00000000000000005\r\nhello\r\n"));

    [Theory]
    [InlineData("\r\n")]
    [InlineData(" 5\r\nhello\r\n")]
    [InlineData("5 \r\nhello\r\n")]
    [InlineData("5\t\r\nhello\r\n")]
    [InlineData("5 ;a\r\nhello\r\n")]
    [InlineData("+5\r\nhello\r\n")]
    [InlineData("-5\r\nhello\r\n")]
    [InlineData("0x5\r\nhello\r\n")]
    [InlineData("5_0\r\nhello\r\n")]
    [InlineData("g\r\n")]
    [InlineData("5,5\r\nhello\r\n")]
    [InlineData("\u00b5\r\n")]
    [InlineData("\0")]
    [InlineData(";a\r\n")]
    public void A_size_that_is_not_hexadecimal_digits_is_refused(string text) => Assert.Equal(ProxyError.MalformedChunk, Error(text));

    [Theory]
    [InlineData("5;\r\n")]
    [InlineData("5;;a\r\n")]
    [InlineData("5;a;\r\n")]
    [InlineData("5; a\r\n")]
    [InlineData("5;a =b\r\n")]
    [InlineData("5;a= b\r\n")]
    [InlineData("5;a=\r\n")]
    [InlineData("5;=b\r\n")]
    [InlineData("5;a=b=c\r\n")]
    [InlineData("5;a=\"b\r\n")]
    [InlineData("5;a=\"b\"c\r\n")]
    [InlineData("5;a=\"b\\\r\n")]
    [InlineData("5;a\0\r\n")]
    [InlineData("5;a=\"\0\"\r\n")]
    [InlineData("5;a=\u007f\r\n")]
    [InlineData("5;a=\"\u0001\"\r\n")]
    [InlineData("5;\u00e9\r\n")]
    public void A_malformed_extension_is_refused(string text) => Assert.Equal(ProxyError.MalformedChunk, Error(text));

    [Theory]
    [InlineData("5\nhello\r\n", ProxyError.BareLineFeed)]
    [InlineData("\n5\r\n", ProxyError.BareLineFeed)]
    [InlineData("5;a\nhello\r\n", ProxyError.BareLineFeed)]
    [InlineData("5;\nhello\r\n", ProxyError.BareLineFeed)]
    [InlineData("5;a=\"\n\"\r\n", ProxyError.BareLineFeed)]
    [InlineData("5;a=b\n\r\nhello", ProxyError.BareLineFeed)]
    [InlineData("5\rhello\r\n", ProxyError.BareCarriageReturn)]
    [InlineData("5;a\rb\r\n", ProxyError.BareCarriageReturn)]
    [InlineData("5\r\r\nhello", ProxyError.BareCarriageReturn)]
    [InlineData("5\r\nhello\n0\r\n\r\n", ProxyError.BareLineFeed)]
    [InlineData("5\r\nhello\r0\r\n\r\n", ProxyError.BareCarriageReturn)]
    [InlineData("0\r\n\n", ProxyError.BareLineFeed)]
    [InlineData("0\r\n\rX", ProxyError.BareCarriageReturn)]
    [InlineData("0\n\r\n", ProxyError.BareLineFeed)]
    [InlineData("0\r\nA: b\n\r\n", ProxyError.BareLineFeed)]
    [InlineData("0\r\nA: b\r\n\n", ProxyError.BareLineFeed)]
    [InlineData("0\r\nA: b\rC: d\r\n\r\n", ProxyError.BareCarriageReturn)]
    public void A_line_end_other_than_crlf_is_refused(string text, ProxyError expected) => Assert.Equal(expected, Error(text));

    [Theory]
    [InlineData("5\r\nhello!\r\n0\r\n\r\n")]
    [InlineData("5\r\nhell\r\n0\r\n\r\n")]
    [InlineData("4\r\nhello\r\n0\r\n\r\n")]
    [InlineData("5\r\nhello0\r\n\r\n")]
    public void Content_longer_or_shorter_than_its_size_is_refused(string text) => Assert.NotEqual(ProxyError.None, Error(text));

    [Fact]
    public void Extensions_are_limited_over_the_whole_message()
    {
        var limits = Limits with { ChunkExtensions = 4 };
        Assert.Equal(ProxyError.None, Error("1;a\r\nx\r\n1;b\r\nx\r\n0\r\n\r\n", limits));
        Assert.Equal(ProxyError.ChunkExtensionsTooLarge, Error("1;a\r\nx\r\n1;b\r\nx\r\n0;c\r\n\r\n", limits));
        Assert.Equal(ProxyError.ChunkExtensionsTooLarge, Error("1;abcd", limits));
    }

    [Fact]
    public void Trailers_are_parsed()
    {
        const string text = "1\r\nx\r\n0\r\nGrpc-Status: 0\r\nX-Sum:  \u00e9 \r\n\r\n";
        var expected = new Decoded(ChunkStatus.End, ProxyError.None, "x", text.Length, "Grpc-Status=0|X-Sum=\u00e9");
        Assert.Equal(expected, Decode(text + "GET / "));
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked")]
    [InlineData("content-length: 5")]
    [InlineData("Host: evil")]
    [InlineData("Connection: close")]
    [InlineData("TE: trailers")]
    [InlineData("Trailer: X")]
    [InlineData("Upgrade: h2c")]
    [InlineData("X-Forwarded-For: 1.2.3.4")]
    [InlineData("Forwarded: for=1.2.3.4")]
    [InlineData("X-Original-URL: /admin")]
    [InlineData("Via: 1.1 a")]
    [InlineData("X-A : b")]
    [InlineData(" X-A: b")]
    [InlineData(": b")]
    [InlineData("X-A")]
    [InlineData("X-A: \0")]
    [InlineData("GET / HTTP/1.1")]
    public void A_trailer_that_frames_or_routes_or_is_malformed_is_refused(string line) =>
        Assert.Equal(ProxyError.MalformedTrailers, Error($"0\r\nX-First: 1\r\n{line}\r\n\r\n"));

    [Theory]
    [InlineData("Authorization: Basic x")]
    [InlineData("Cookie: a=b")]
    [InlineData("set-cookie: a=b")]
    [InlineData("Cache-Control: no-store")]
    [InlineData("Content-Type: text/html")]
    [InlineData("content-encoding: gzip")]
    [InlineData("Content-Anything: x")]
    [InlineData("If-None-Match: *")]
    [InlineData("Range: bytes=0-")]
    [InlineData("WWW-Authenticate: Basic")]
    [InlineData("Access-Control-Allow-Origin: *")]
    public void A_trailer_that_came_too_late_is_dropped(string line) =>
        Assert.Equal("X-First=1|X-Last=2", Decode($"0\r\nX-First: 1\r\n{line}\r\nX-Last: 2\r\n\r\n").Trailers);

    [Fact]
    public void Trailers_are_limited()
    {
        var limits = Limits with { Trailers = 10 };
        Assert.Equal(ProxyError.None, Error("0\r\nA: bcd\r\n\r\n", limits));
        Assert.Equal(ProxyError.TrailersTooLarge, Error("0\r\nA: bcde\r\n\r\n", limits));
        Assert.Equal(ProxyError.TrailersTooLarge, Error("0\r\nA: bcdefgh", limits));
        Assert.Equal(ProxyError.TrailersTooLarge, Error("0\r\nA: b\r\nC: d\r\n\r\n", Limits with { FieldCount = 1 }));
        Assert.Equal(ProxyError.None, Error("0\r\nA: b\r\n\r\n", Limits with { Trailers = int.MaxValue }));
    }

    [Fact]
    public void It_is_ready_for_another_message_after_reset()
    {
        var decoder = new ChunkedDecoder();
        decoder.Decode(Bytes("5;a\r\nhe"), Limits, out _, out _, out _);
        decoder.Reset();
        Assert.Equal(ChunkStatus.End, decoder.Decode(Bytes("0\r\n\r\n"), Limits, out _, out _, out _));
        Assert.Equal(ChunkStatus.End, decoder.Decode(Bytes("x"), Limits, out var consumed, out _, out _));
        Assert.Equal(0, consumed);
    }

    private static readonly Gen<string> SoundPiece = Gen.OneOf(
        "5\r\nhello\r\n", "1;a=b\r\nx\r\n", "2;q=\"a;\\\"b\"\r\nxy\r\n", "10\r\n0123456789abcdef\r\n", "3\r\n\r\n0\r\n", "0001\r\nx\r\n",
        "A;x\r\n0123456789\r\n", "1;t=\"\t\u00e9\"\r\nx\r\n", "1;a;b=c\r\n;\r\n");

    private static readonly Gen<string> AnyPiece = Gen.OneOf(
        SoundPiece,
        Gen.OneOf("0\r\n", "\r\n", "X-A: b\r\n", "Cookie: c\r\n", "Host: a\r\n", "\r", "\n", ";", " ", "7fffffffffffffff", "GET", "\0"));

    private static readonly Gen<string> Ending = Gen.OneOf(
        "0\r\n\r\n", "000;a=b\r\n\r\n", "0\r\nX-A: b\r\n\r\n", "0\r\nX-A: b\r\nCookie: c\r\n\r\n",
        "0\r\nX-E:\r\n\r\n", "0\r\nHost: a\r\n\r\n", "");

    /// <summary>Chunks that are right, with an odd piece now and then.</summary>
    internal static readonly Gen<string> Streams =
        Gen.Select(Gen.Frequency((3, SoundPiece), (1, AnyPiece)).Array[0, 8], Ending)
            .Select((pieces, ending) => string.Concat(pieces) + ending);

    internal static bool IsAccepted(string text) => Decode(text) is { Status: ChunkStatus.End } decoded && decoded.Consumed == text.Length;

    [Fact]
    public void The_result_does_not_depend_on_how_the_bytes_are_cut() =>
        Gen.Select(Streams, Gen.Int[1, 9].Array[1, 8]).Sample((text, cuts) =>
        {
            var limits = Limits with { Trailers = 24, ChunkExtensions = 12 };
            var whole = Decode(text, limits);
            var cut = Decode(text, limits, cuts);
            Assert.Equal(whole with { Consumed = 0 }, cut with { Consumed = 0 });
            if (whole.Status != ChunkStatus.Rejected) Assert.Equal(whole.Consumed, cut.Consumed);
        }, iter: 20_000);

    [Fact]
    public void Random_bytes_never_make_it_throw() =>
        Gen.Select(Gen.Char[(char)0, (char)255].Array[0, 64], Gen.Int[1, 9].Array[1, 4])
            .Sample((chars, cuts) =>
            {
                var text = new string(chars);
                Assert.Equal(Decode(text).Status, Decode(text, null, cuts).Status);
            }, iter: 20_000);
}
