using CsCheck;
using Scp.Streams.Errors;
using Scp.Streams.Http1;
using static Scp.Tests.Streams.Http1.Heads;

namespace Scp.Tests.Streams.Http1;

public class PathNormaliserSpec
{
    private static string? Normalise(string path)
    {
        var bytes = Bytes(path);
        return PathNormaliser.TryNormalise(bytes, out var length) ? Text(bytes.AsSpan(0, length)) : null;
    }

    [Theory]
    [InlineData("/", "/")]
    [InlineData("/a/b/c/./../../g", "/a/g")]
    [InlineData("/a/.", "/a/")]
    [InlineData("/a/./", "/a/")]
    [InlineData("/a/..", "/")]
    [InlineData("/a/../", "/")]
    [InlineData("/.", "/")]
    [InlineData("/./", "/")]
    [InlineData("/a/b/../..", "/")]
    [InlineData("/a//../b", "/a/b")]
    [InlineData("/%7Euser/%61%2d%2E%5f", "/~user/a-._")]
    [InlineData("/%c3%a9", "/%C3%A9")]
    [InlineData("/a/%2e%2e/b", "/b")]
    [InlineData("/a/%2E./b", "/b")]
    [InlineData("/a/.%2e", "/")]
    [InlineData("/a/%2e/b", "/a/b")]
    [InlineData("/%252e%252e/a", "/%252e%252e/a")]
    [InlineData("/%2541", "/%2541")]
    [InlineData("/a%2fb%5cc", "/a%2Fb%5Cc")]
    public void It_has_one_form(string path, string expected) => Assert.Equal(expected, Normalise(path));

    [Theory]
    [InlineData("/a//b")]
    [InlineData("//")]
    [InlineData("/...")]
    [InlineData("/..a/.b/c.")]
    [InlineData("/.well-known/acme")]
    [InlineData("/a;v=1/b")]
    [InlineData("/a%20b%0D%0A")]
    [InlineData("/a%2F.hidden")]
    [InlineData("/index.html")]
    [InlineData("/a:b@c!$&'()*+,=")]
    public void What_needs_no_change_is_kept(string path) => Assert.Equal(path, Normalise(path));

    [Theory]
    [InlineData("/..")]
    [InlineData("/../a")]
    [InlineData("/a/../../b")]
    [InlineData("/%2e%2e/a")]
    [InlineData("/a\\b")]
    [InlineData("/a/..\\b")]
    [InlineData("/%00")]
    [InlineData("/a%00.html")]
    [InlineData("/%")]
    [InlineData("/%4")]
    [InlineData("/%zz")]
    [InlineData("/%4g")]
    [InlineData("/%%34%31")]
    [InlineData("/%u0041")]
    [InlineData("/a/..;/b")]
    [InlineData("/a/..;x=1/b")]
    [InlineData("/a/.;/b")]
    [InlineData("/a/%2e%2e;/b")]
    [InlineData("/a/..%2fb")]
    [InlineData("/a/b%2f..%2fc")]
    [InlineData("/a/b%2f..")]
    [InlineData("/a/..%5cb")]
    [InlineData("/a/b%5C%2e%2e")]
    public void What_origins_would_read_differently_is_refused(string path)
    {
        Assert.Null(Normalise(path));
        Assert.False(PathNormaliser.IsNormal(Bytes(path)));
        Assert.Equal(ProxyError.MalformedTarget, RequestError(Message($"GET {path} HTTP/1.1", "Host: a")));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/index.html")]
    [InlineData("/.well-known/x")]
    [InlineData("/a//b/...")]
    [InlineData("/a%20b/%C3%A9")]
    public void A_normal_path_is_a_slice_of_what_was_received(string path)
    {
        var head = Request(Message($"GET {path} HTTP/1.1", "Host: a"));
        Assert.Equal(head.Target.Raw, head.Target.Path);
    }

    private static readonly Gen<string> Paths = Gen.OneOf(
            "/", "/", ".", "..", "a", "%2e", "%2E", "%2f", "%5C", "%41", "%7e", "%c3", "%25", "%", "0", "1", ";", "\\", "%00", "~")
        .Array[0, 12].Select(parts => "/" + string.Concat(parts));

    [Fact]
    public void It_is_idempotent() => Paths.Sample(path =>
    {
        if (Normalise(path) is not { } once) return;
        Assert.Equal(once, Normalise(once));
        var hasEncodedSlash = once.Contains("%2F", StringComparison.Ordinal) || once.Contains("%5C", StringComparison.Ordinal);
        Assert.True(PathNormaliser.IsNormal(Bytes(once)) || hasEncodedSlash);
    }, iter: 20_000);

    [Fact]
    public void The_quick_check_never_passes_what_normalisation_would_change() => Paths.Sample(path =>
    {
        if (PathNormaliser.IsNormal(Bytes(path))) Assert.Equal(path, Normalise(path));
    }, iter: 20_000);
}
