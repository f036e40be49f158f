using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Scp.Host;
using Scp.Host.Configuration;
using Scp.Host.Hocon;
using Scp.Streams.Limits;

namespace Scp.Tests.EndToEnd.Support;

/// <summary>One line of the access log.</summary>
internal sealed record LoggedExchange(string Path, int Status, string? Error, int Attempts, string? Backend);

/// <summary>A whole proxy in this process on a port of its own, with its access log.</summary>
internal sealed class FailureProxy : IAsyncDisposable
{
    /// <summary>Virtual time that an idle client connection lives in tests with a clock of their own: the sweep is told by its end.</summary>
    private static readonly TimeSpan CanaryLife = TimeSpan.FromMilliseconds(20);

    private readonly string _log;
    private ProxyHost _host = null!;

    private FailureProxy(string log) => _log = log;

    /// <summary>The limits of reference.conf.</summary>
    public static LimitSettings DefaultLimits { get; } = ConfigurationReader.Read(
        [ConfigurationReader.Reference, HoconSource.FromText("test", "scp.listeners.main.bind = \"127.0.0.1:0\"")], _ => null).Settings!.Limits;

    public EndPoint Address { get; private set; } = null!;

    /// <summary>The clock, when the test moves it.</summary>
    public FakeTimeProvider? Time { get; private init; }

    /// <summary>Starts a proxy with this configuration below <c>scp</c>; the listener, a local answer on /local and the log are given.</summary>
    public static Task<FailureProxy> StartAsync(string configuration) => StartAsync(configuration, null);

    /// <summary>The same with a clock that only the test moves. Idle client connections live <see cref="CanaryLife"/> unless configured otherwise.</summary>
    public static Task<FailureProxy> StartFrozenAsync(string configuration) =>
        StartAsync($"timeouts.keep-alive-idle = {CanaryLife.TotalMilliseconds}ms\n{configuration}", new FakeTimeProvider());

    /// <summary>A pool with these backends and a route for everything below its name: /name/*.</summary>
    public static string Pool(string name, params EndPoint[] backends) => $$"""
        pools.{{name}}.backends = [{{string.Join(", ", backends.Select(b => $"{{ address = \"{b}\" }}"))}}]
        routes.{{name}} { path = "/{{name}}/*", pool = {{name}} }

        """;

    public Task<HostileClient> ConnectAsync(int receiveBuffer = 0) => HostileClient.ConnectAsync(Address, receiveBuffer);

    public Task<Answer> AskAsync(string path) => HostileClient.AskAsync(Address, $"GET {path} HTTP/1.1\r\nHost: scp.test\r\n\r\n");

    /// <summary>Moves the clock to just before the limit and shows that the sweep has compared deadlines there.</summary>
    public async Task AdvanceToJustBeforeAsync(TimeSpan limit)
    {
        Time!.Advance(limit - (2 * CanaryLife) - TimeSpan.FromMilliseconds(1));
        using var canary = await ConnectAsync();
        await canary.AskAsync("/local"); // idle from now on
        Time.Advance(CanaryLife);
        await canary.ReadToEndAsync();
    }

    /// <summary>Moves the clock over the limit, from where <see cref="AdvanceToJustBeforeAsync"/> left it.</summary>
    public void AdvanceOver() => Time!.Advance(CanaryLife + TimeSpan.FromMilliseconds(1));

    /// <summary>The logged exchanges whose path begins so, when there are as many as expected.</summary>
    public IReadOnlyList<LoggedExchange> Logged(string path, int count = 1)
    {
        IReadOnlyList<LoggedExchange> lines = [];
        Assert.True(SpinWait.SpinUntil(() => (lines = Read(path)).Count >= count, TimeSpan.FromSeconds(15)), $"{lines.Count} lines for {path}, not {count}.");
        return lines;
    }

    /// <summary>The logged exchanges whose path begins so, as many as there are.</summary>
    public IReadOnlyList<LoggedExchange> LoggedNow(string path) => Read(path);

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        File.Delete(_log);
    }

    private static async Task<FailureProxy> StartAsync(string configuration, FakeTimeProvider? time)
    {
        var log = Path.Combine(Path.GetTempPath(), $"scp-{Guid.NewGuid():n}.log");
        var text = $$"""
            scp {
              listeners.main.bind = "127.0.0.1:0"
              routes.local { path = "/local", respond { status = 200, body = "local" } }
              admin.enabled = off
              persistence.enabled = off
              access-log { path = {{JsonSerializer.Serialize(log)}}, flush-interval = 0s }
              drain { close-idle-after = 0s, hard-stop = 10ms }
              {{configuration}}
            }
            """;
        var loaded = ConfigurationReader.Read([ConfigurationReader.Reference, HoconSource.FromText("test", text)], _ => null);
        Assert.Empty(loaded.Errors);
        var proxy = new FailureProxy(log) { Time = time };
        proxy._host = await ProxyHost.StartAsync(loaded, () => loaded, time);
        proxy.Address = proxy._host.Listeners[0].EndPoint;
        return proxy;
    }

    private List<LoggedExchange> Read(string path)
    {
        if (!File.Exists(_log)) return [];
        using var file = new StreamReader(new FileStream(_log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        var lines = file.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Where(l => l.EndsWith('}')).Select(l => JsonDocument.Parse(l).RootElement).Where(l => Text(l, "path")?.StartsWith(path, StringComparison.Ordinal) ?? false).Select(Parse)];
    }

    private static LoggedExchange Parse(JsonElement line) => new(
        Text(line, "path")!, line.GetProperty("status").GetInt32(), Text(line, "error"), line.GetProperty("attempts").GetInt32(), Text(line, "backend"));

    private static string? Text(JsonElement line, string name) => line.TryGetProperty(name, out var value) ? value.GetString() : null;
}
