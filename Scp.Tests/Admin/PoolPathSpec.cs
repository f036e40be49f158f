using Scp.Host.Admin;

namespace Scp.Tests.Admin;

public sealed class PoolPathSpec
{
    [Theory]
    [InlineData("/pools", null, null)]
    [InlineData("/pools/", null, null)]
    [InlineData("/pools?format=json", null, null)]
    [InlineData("/pools/shop", "shop", null)]
    [InlineData("/pools/a%20b%2Fc", "a b/c", null)]
    [InlineData("/pools/shop/backends/10.0.0.1:80?state=ready", "shop", "10.0.0.1:80")]
    [InlineData("/pools/shop/backends/%5B%3A%3A1%5D%3A80", "shop", "[::1]:80")]
    [InlineData("/pools/shop/backends/[::1]:80", "shop", "[::1]:80")]
    [InlineData("/pools/shop/backends/unix:%2Frun%2Fapp.sock", "shop", "unix:/run/app.sock")]
    [InlineData("/pools/shop/backends/%252F", "shop", "%2F")]
    [InlineData("http://127.0.0.1:9090/pools/shop/backends/b", "shop", "b")]
    public void Names_are_read_as_they_were_escaped(string target, string? pool, string? backend)
    {
        Assert.True(PoolPath.TryParse(target, out var path));
        Assert.Equal(new PoolPath(pool, backend), path);
    }

    [Theory]
    [InlineData("/pools/shop/backends")]
    [InlineData("/pools/shop/backend/b")]
    [InlineData("/pools/shop/backends/unix:/run/app.sock")]
    public void Anything_else_is_nothing(string target) => Assert.False(PoolPath.TryParse(target, out _));
}
