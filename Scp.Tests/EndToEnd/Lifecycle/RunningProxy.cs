using System.Net;
using Scp.Actors.Configuration;
using Scp.Host;
using Scp.Host.Configuration;

namespace Scp.Tests.EndToEnd.Lifecycle;

/// <summary>A proxy inside the test's process, from a file; signals and exit codes need <see cref="ScpProcess"/>.</summary>
internal sealed class RunningProxy : IAsyncDisposable
{
    private readonly ProxyHost _host;

    private RunningProxy(ProxyHost host) => _host = host;

    public Uri Admin => _host.AdminAddress!;

    public static async Task<RunningProxy> StartAsync(string file, params string[] definitions)
    {
        LoadedConfiguration Read() => ConfigurationReader.Read(file, ["scp.admin.bind=127.0.0.1:0", "scp.persistence.enabled=off", .. definitions], _ => null);
        var loaded = Read();
        Assert.True(loaded.Errors.IsEmpty, string.Join('\n', loaded.Errors));
        return new RunningProxy(await ProxyHost.StartAsync(loaded, Read));
    }

    public EndPoint EndPoint(string listener = "main") => _host.Listeners.Single(l => l.Listener == listener).EndPoint;

    public Uri Listener(string listener = "main") => new($"http://{EndPoint(listener)}");

    public IReadOnlyList<string> ListenerNames => [.. _host.Listeners.Select(l => l.Listener)];

    public Task<Reloaded> ReloadAsync() => _host.ReloadAsync("test");

    public Task<WireResponse> GetAsync(string path = "/", string host = "test", string fields = "", string listener = "main") =>
        WireClient.GetAsync(Listener(listener), path, host, fields);

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
