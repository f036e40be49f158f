using System.Globalization;
using System.Text.Json;
using Scp.Tests.EndToEnd.Lifecycle;
using Xunit.Abstractions;

namespace Scp.Tests.EndToEnd.Failover;

/// <summary>Needs the machine for itself.</summary>
[CollectionDefinition(nameof(FailoverTests), DisableParallelization = true)]
public sealed class FailoverTests;

/// <summary>
/// What clients notice of a backend that fails: 2,000 requests per second through scpd, over real sockets, to three backends.
/// </summary>
[Collection(nameof(FailoverTests))]
public sealed class FailoverSpec(ITestOutputHelper output) : IAsyncLifetime
{
    private const double Rate = 2000;

    private readonly TestFolder _folder = new();
    private readonly List<IAsyncDisposable> _processes = [];
    private readonly List<SwitchableOrigin> _origins = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var process in _processes) await process.DisposeAsync();
        foreach (var origin in _origins) origin.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_backend_that_is_killed_costs_no_request_is_out_within_a_second_and_comes_back_slowly()
    {
        var origins = await StartOriginsAsync();
        var proxy = await StartProxyAsync(origins.Select(o => (o.Name, o.Address)), "slow-start { window = 4s, minimum = 10% }");
        await using var load = await WarmAsync(proxy);

        await origins[0].KillAsync();
        var killed = load.Now;
        await UntilAsync(proxy, "a", available: false);
        var ejected = load.Now;
        await OpenLoad.RunForAsync(1);
        await origins[0].StartAsync();
        var returned = load.Now;
        await UntilAsync(proxy, "a", available: true);
        var back = load.Now;
        await OpenLoad.RunForAsync(6);
        await load.StopAsync();

        output.WriteLine($"out after {ejected - killed:0.00} s, back after {back - returned:0.00} s: {load.Samples.Describe()}");
        AssertRate(load);
        Assert.Equal(0, load.Samples.Failed());
        Assert.InRange(ejected - killed, 0, 1);
        Assert.InRange(back - returned, 0, 2);
        var first = load.Between(back, back + 1).ShareOf("a");
        var last = load.Between(back + 4.5, back + 5.5).ShareOf("a");
        output.WriteLine($"its share: {first:P1} in the first second, {last:P1} in the fifth");
        Assert.InRange(first, 0.01, 0.25);
        Assert.InRange(last, 0.28, 0.39);
    }

    [Theory]
    [InlineData(nameof(Manner.Hangs), 0, 1000)]
    [InlineData(nameof(Manner.FailsHalf), 0.20, 250)]
    [InlineData(nameof(Manner.ResetsAfterHead), 0.05, 250)]
    [InlineData(nameof(Manner.IsSlow), 0, 400)]
    public async Task A_backend_that_misbehaves_is_left_out_and_clients_notice_little(string manner, double mostFailed, double highestLatency)
    {
        foreach (var name in "abc") _origins.Add(new SwitchableOrigin($"{name}"));
        var proxy = await StartProxyAsync(
            _origins.Select((o, i) => ($"{"abc"[i]}", o.Address)),
            "retries.attempt-timeout = 500ms, outlier { window = 2s, slow-factor = 5, slow-minimum = 50ms }");
        await using var load = await WarmAsync(proxy);

        var before = load.Between(load.Now - 1.5, load.Now);
        _origins[0].Manner = Enum.Parse<Manner>(manner);
        var began = load.Now;
        await UntilAsync(proxy, "a", available: false);
        var ejected = load.Now;
        await OpenLoad.RunForAsync(3);
        await load.StopAsync();

        var during = load.Between(began, ejected);
        var after = load.Between(ejected + 1, ejected + 3);
        output.WriteLine($"{manner}: out after {ejected - began:0.00} s");
        output.WriteLine($"  before: {before.Describe()}");
        output.WriteLine($"  until it was out: {during.Describe()}");
        output.WriteLine($"  from a second later on: {after.Describe()}");
        AssertRate(load);
        Assert.Equal(0, before.Failed());
        Assert.InRange(ejected - began, 0, 6);
        Assert.InRange(load.Between(began, ejected + 1).FailedShare(), 0, mostFailed);
        Assert.InRange(load.Between(began, ejected + 1).Quantile(0.99), 0, highestLatency);
        Assert.Equal(0, after.Failed());
        Assert.Equal(0, after.ShareOf("a"));
    }

    [Fact]
    public async Task Backends_that_are_restarted_one_after_another_cost_no_request()
    {
        var origins = await StartOriginsAsync();
        var proxy = await StartProxyAsync(origins.Select(o => (o.Name, o.Address)), "");
        await using var load = await WarmAsync(proxy);

        foreach (var origin in origins)
        {
            await origin.RestartAsync();
            await UntilAsync(proxy, origin.Name, available: true);
            await OpenLoad.RunForAsync(0.5);
        }

        await load.StopAsync();
        output.WriteLine(load.Samples.Describe());
        AssertRate(load);
        Assert.Equal(0, load.Samples.Failed());
    }

    [Fact]
    public async Task A_pool_that_is_reloaded_under_load_costs_no_request()
    {
        foreach (var name in "abcd") _origins.Add(new SwitchableOrigin($"{name}"));
        var all = _origins.Select((o, i) => (Name: $"{"abcd"[i]}", o.Address)).ToList();
        var proxy = await StartProxyAsync(all.Take(3), "");
        await using var load = await WarmAsync(proxy);

        for (var version = 2; version <= 6; version++)
        {
            _folder.Replace("proxy.conf", Configuration(version % 2 == 0 ? all.Skip(1) : all.Take(3), ""));
            proxy.Hangup();
            await proxy.UntilAsync($"Configuration {version} is in force");
            await OpenLoad.RunForAsync(0.4);
        }

        await load.StopAsync();
        output.WriteLine(load.Samples.Describe());
        AssertRate(load);
        Assert.Equal(0, load.Samples.Failed());
        Assert.InRange(load.Samples.ShareOf("d"), 0.05, 0.5);
    }

    private async Task<IReadOnlyList<OriginProcess>> StartOriginsAsync()
    {
        List<OriginProcess> origins = [new(_folder, "a"), new(_folder, "b"), new(_folder, "c")];
        _processes.AddRange(origins);
        foreach (var origin in origins) await origin.StartAsync();
        return origins;
    }

    private async Task<ScpProcess> StartProxyAsync(IEnumerable<(string Name, string Address)> backends, string more)
    {
        var proxy = await ScpProcess.RunAsync(_folder.Write("proxy.conf", Configuration(backends, more)));
        _processes.Add(proxy);
        return proxy;
    }

    private static string Configuration(IEnumerable<(string Name, string Address)> backends, string more) => $$"""
        scp {
          listeners.main.bind = "127.0.0.1:0"
          pools.main {
            backends = [{{string.Join(", ", backends.Select(b => $"{{ name = {b.Name}, address = \"{b.Address}\" }}"))}}]
            health-check { type = tcp, interval = 500ms, fast-interval = 200ms, fall = 2, rise = 2 }
            {{more}}
          }
          routes.all { path = "/*", pool = main }
          access-log.enabled = off
        }
        """;

    /// <summary>A load that has run long enough for just-in-time compilation to be over.</summary>
    private static async Task<OpenLoad> WarmAsync(ScpProcess proxy)
    {
        var load = new OpenLoad(proxy.Listener(), Rate);
        await OpenLoad.RunForAsync(3);
        return load;
    }

    /// <summary>An overloaded machine proves nothing.</summary>
    private static void AssertRate(OpenLoad load) =>
        Assert.True(load.Samples.Count / load.Now > 0.75 * Rate, $"Only {load.Samples.Count / load.Now:0} requests per second were made.");

    private static async Task UntilAsync(ScpProcess proxy, string backend, bool available)
    {
        using var client = new HttpClient();
        var deadline = Environment.TickCount64 + 15_000;
        while (true)
        {
            using var report = JsonDocument.Parse(await client.GetStringAsync(new Uri(proxy.Admin, "/pools?format=json")));
            if (IsAvailable(report, backend) == available) return;
            Assert.True(
                Environment.TickCount64 < deadline,
                string.Create(CultureInfo.InvariantCulture, $"{backend} did not become available = {available}:\n{report.RootElement}\n{proxy.Errors}"));
            await Task.Delay(20);
        }
    }

    private static bool IsAvailable(JsonDocument report, string backend)
    {
        var found = report.RootElement.GetProperty("pools")[0].GetProperty("backends").EnumerateArray()
            .Single(b => b.GetProperty("name").GetString() == backend);
        return found.GetProperty("health").GetString() == "up";
    }
}
