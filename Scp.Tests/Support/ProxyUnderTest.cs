using System.Net;
using Scp.Host;

namespace Scp.Tests.Support;

/// <summary>The whole proxy in this process, over real sockets, on a port of its own.</summary>
internal sealed class ProxyUnderTest : IAsyncDisposable
{
    private readonly ProxyHost _host;

    private ProxyUnderTest(ProxyHost host)
    {
        _host = host;
        EndPoint = (IPEndPoint)host.Listeners.Single(l => l.Listener == "main").EndPoint;
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Starts one before the backend; <paramref name="configuration"/> holds keys that differ from <see cref="TestConfiguration"/>.</summary>
    public static async Task<ProxyUnderTest> StartAsync(IPEndPoint backend, string configuration = "")
    {
        var loaded = TestConfiguration.Load(backend.ToString(), "scp.drain { close-idle-after = 0s, hard-stop = 1s }\n" + configuration);
        return new ProxyUnderTest(await ProxyHost.StartAsync(loaded, () => loaded));
    }

    public RawClient Connect() => new(EndPoint);

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
