using CsCheck;
using static Scp.Tests.Streams.Http1.Heads;

namespace Scp.Tests.Streams.Http1;

/// <summary>Heads made of fragments that are right, odd or hostile, and mutations of their bytes.</summary>
internal static class HeadGenerator
{
    private static readonly Gen<string> Method = Gen.Frequency(
        (8, Gen.OneOf("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE", "PATCH", "BREW", "get")),
        (1, Gen.OneOf("G T", "", "G\tT", "GET:", "G\u00e9T", "G\0T")));

    private static readonly Gen<string> Target = Gen.Frequency(
        (8, Gen.OneOf("/", "/a/b?c=d", "/a/../b", "/%7ea", "//", "/a;b=c", "/a?", "*", "a:443", "http://b/c", "http://b:81", "/a|b{c}")),
        (2, Gen.OneOf("/..", "/%00", "/%zz", "/a\\b", "/a b", "/a#b", "/\u00e9", "", "http://u@b/", "http://b\\c/", "ftp://b/", "a", "?a",
            "http://", "https:///", "/\t", "http://b:x/", "/a?b#c", "a:b", "http://a/", "HTTP://a/")));

    private static readonly Gen<string> Version = Gen.Frequency(
        (9, Gen.OneOf("HTTP/1.1", "HTTP/1.1", "HTTP/1.0")), (1, Gen.OneOf("HTTP/1.2", "HTTP/2.0", "http/1.1", "HTTP/1.", "HTTP/1.1 ", "")));

    private static readonly Gen<string> SoundLine = Gen.OneOf(
        "Content-Length: 5", "Content-Length: 0", "Transfer-Encoding: chunked", "Connection: close", "Connection: keep-alive, upgrade",
        "Upgrade: websocket", "Upgrade: h2c", "Expect: 100-continue", "TE: trailers", "X-Empty:", "X-Spaces:  a b \t ",
        "X-High: \u00e9\u00ff", "X-Colon: a:b:c", "!#$%&'*+-.^_`|~: y");

    private static readonly Gen<string> OddLine = Gen.OneOf(
        "Host: a", "Host: a:80", "host:b", "Host:", "Host: a, b", "Host: a:x", "Host: [::1]", "Host: [::1", "Host: u@a", "Host : a",
        "Host: a\u00e9", "Host: a..b", "Host: a/b", "Content-Length: 5, 5", "Content-Length: +5", "Content-Length: 99999999999999999999",
        "content-length:", "Content-Length : 5", "Transfer-Encoding: chunked, chunked", "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: identity", "Transfer-Encoding:\tchunked", "Transfer-Encoding: xchunked", "Expect: x", "X-Nul: a\0b",
        "X-Cr: a\rb", "X-Lf: a\nb", "X-Vt: a\u000bb", " folded", "\tfolded", ": empty", "no colon", "X Y: z", "X-Del: \u007f", "(X): y",
        "X\u00e9: y");

    private static readonly Gen<string> Line = Gen.Frequency((7, SoundLine), (1, OddLine));

    private static readonly Gen<string> Head =
        Gen.Select(Method, Target, Version, Line.Array[0, 5]).Select((method, target, version, lines) =>
            Message($"{method} {target} {version}", lines.Length % 4 == 0 ? lines : ["Host: a", .. lines]));

    private static readonly Gen<string> StatusLine = Gen.Frequency(
        (6, Gen.OneOf("HTTP/1.1 200 OK", "HTTP/1.1 204 No Content", "HTTP/1.1 304", "HTTP/1.0 200 ", "HTTP/1.1 100 Continue",
            "HTTP/1.1 101 Switching Protocols", "HTTP/1.1 999 \u00e9\t")),
        (1, Gen.OneOf("HTTP/1.1 20", "HTTP/2 200 OK", "HTTP/1.1  200 OK", "", "HTTP/1.1 200 O\0K", "HTTP/1.1 2000")));

    private static readonly Gen<byte> OddByte = Gen.OneOf(
        Gen.OneOf("\r\n \t:,;\0\u000b\u007f\u0080\u00ff?#%/@\\"u8.ToArray()), Gen.Byte);

    /// <summary>One head, its bytes perhaps changed, removed or added in up to three places.</summary>
    public static readonly Gen<byte[]> Mutated = Gen.Select(Head, Gen.Select(Gen.Int[0, 2], Gen.Int[0, 400], OddByte).Array[0, 3])
        .Select((head, changes) => changes.Aggregate(Bytes(head), Apply));

    /// <summary>One response head, mutated likewise.</summary>
    public static readonly Gen<byte[]> MutatedResponse =
        Gen.Select(StatusLine, Line.Array[0, 4], Gen.Select(Gen.Int[0, 2], Gen.Int[0, 200], OddByte).Array[0, 2])
            .Select((line, lines, changes) => changes.Aggregate(Bytes(Message(line, lines)), Apply));

    public static readonly Gen<byte[]> Whole = Head.Select(Bytes);

    private static byte[] Apply(byte[] bytes, (int Kind, int Place, byte Value) change)
    {
        var at = change.Place % bytes.Length;
        return change.Kind switch
        {
            0 => [.. bytes[..at], change.Value, .. bytes[at..]],
            1 => [.. bytes[..at], change.Value, .. bytes[(at + 1)..]],
            _ when bytes.Length > 1 => [.. bytes[..at], .. bytes[(at + 1)..]],
            _ => bytes,
        };
    }
}
