using System.Text;
using Scp.Tests.EndToEnd.Lifecycle;
using Scp.Tests.Support;

namespace Scp.Tests.EndToEnd;

/// <summary>Session affinity with a cookie jar that is not ours, over real sockets.</summary>
public sealed class SessionsWithCurlSpec : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private ScriptedOrigin _first = null!;
    private ScriptedOrigin _second = null!;
    private ProxyUnderTest _proxy = null!;

    public async Task InitializeAsync()
    {
        _first = new ScriptedOrigin((connection, _) => connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1"));
        _second = new ScriptedOrigin((connection, _) => connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2"));
        _proxy = await ProxyUnderTest.StartAsync(_first.EndPoint, $$"""
            scp.pools.origin {
              backends = [{ address = "{{_first.EndPoint}}" }, { address = "{{_second.EndPoint}}" }]
              load-balancing = round-robin
              affinity { mode = cookie, secret = "a secret of this test" }
            }
            """);
    }

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        _folder.Dispose();
    }

    [CurlFact]
    public async Task A_jar_keeps_its_backend_and_without_a_jar_requests_are_spread()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(client => SixAsync($"jar-{client}")));

        Assert.All(answers, a => Assert.Single(a.Distinct()));
        Assert.Equal(["1", "2"], answers.Select(a => a[..1]).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(2, (await GetAsync() + await GetAsync()).Distinct().Count());
    }

    private async Task<string> SixAsync(string jar)
    {
        var answers = new StringBuilder();
        for (var i = 0; i < 6; i++) answers.Append(await GetAsync("--cookie", _folder.File(jar), "--cookie-jar", _folder.File(jar)));
        return answers.ToString();
    }

    private async Task<string> GetAsync(params string[] arguments)
    {
        var (exitCode, output) = await Curl.RunAsync("", [.. arguments, $"http://{_proxy.EndPoint}/"]);
        Assert.Equal(0, exitCode);
        return Encoding.Latin1.GetString(output);
    }
}
