using System.Net;
using Scp.Host.Demo;

namespace Scp.Tests.EndToEnd.Lifecycle;

/// <summary>One origin, one folder and the configuration of a proxy before it.</summary>
public abstract class LifecycleSpec : IAsyncLifetime
{
    private DemoOrigins _origins = null!;

    internal TestFolder Folder { get; } = new();

    internal Uri Origin => _origins.Addresses[0];

    /// <summary>A whole configuration: one listener, the origin behind it, and what the test adds.</summary>
    internal string Configuration(string more = "") => $$"""
        scp {
          listeners.main.bind = "127.0.0.1:0"
          pools.origin.backends = [{ name = origin, address = "{{Origin.Authority}}" }]
          routes.all { path = "/*", pool = origin }
          access-log.path = "{{Folder.File("access.log")}}"
        }
        {{more}}
        """;

    public virtual async Task InitializeAsync() =>
        _origins = await DemoOrigins.StartAsync(new DemoSettings { Enabled = true, Origins = [new IPEndPoint(IPAddress.Loopback, 0)] });

    public virtual async Task DisposeAsync()
    {
        await _origins.DisposeAsync();
        Folder.Dispose();
    }

    internal Task<ScpProcess> StartAsync(string more = "", params string[] definitions) =>
        ScpProcess.RunAsync(Folder.Write("scp.conf", Configuration(more)), definitions);
}
