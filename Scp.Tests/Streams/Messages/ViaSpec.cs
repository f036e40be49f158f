using Scp.Streams.Messages;
using Scp.Tests.Support;

namespace Scp.Tests.Streams.Messages;

public class ViaSpec
{
    [Theory]
    [InlineData(HttpVersion.Http10, "Via: 1.0 scp")]
    [InlineData(HttpVersion.Http11, "Via: 1.1 scp")]
    [InlineData(HttpVersion.Http2, "Via: 2 scp")]
    public void The_proxy_is_added_after_the_others_with_the_version_it_received(HttpVersion version, string line)
    {
        var request = Heads.Request("Via: 1.1 first");
        Via.Add(request.Fields, version, Heads.Rules());
        Assert.Equal(["Via: 1.1 first", line], Heads.Lines(request.Fields));
    }

    [Theory]
    [InlineData("1.1 scp", true)]
    [InlineData("1.1 SCP", true)]
    [InlineData("1.0 other, 1.1 scp (comment)", true)]
    [InlineData("1.1 a (nested (x, y), 1.1 q), HTTP/2 scp", true)]
    [InlineData("1.1\tscp", true)]
    [InlineData("1.1 scp(comment)", true)]
    [InlineData("1.1 scp2", false)]
    [InlineData("1.1 other (a, 1.1 scp)", false)]
    [InlineData("1.1 other (a\\), 1.1 scp)", false)]
    [InlineData("scp 1.1", false)]
    [InlineData("1.1 scp:8080", false)]
    [InlineData("scp", false)]
    [InlineData("", false)]
    [InlineData(",,", false)]
    public void A_loop_is_seen_by_the_pseudonym_as_a_whole_element(string value, bool found) =>
        Assert.Equal(found, Via.Contains(Heads.Request("Via: 1.1 x", $"Via: {value}").Fields, "scp"u8));
}
