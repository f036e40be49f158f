using System.Net;
using Microsoft.AspNetCore.Builder;
using Scp.Host.Web;

namespace Scp.Host.Demo;

/// <summary>The demo origins: "demo-1", "demo-2" and so on, in the order of their addresses.</summary>
internal sealed class DemoOrigins : IAsyncDisposable
{
    private readonly List<EmbeddedWebServer> _servers = [];

    /// <summary>Where they listen.</summary>
    public IReadOnlyList<Uri> Addresses => [.. _servers.Select(s => s.Addresses[0])];

    /// <summary>Starts them; none when the demo is switched off.</summary>
    /// <exception cref="ListenFailedException">An address cannot be bound; those that were are let go.</exception>
    public static async Task<DemoOrigins> StartAsync(DemoSettings settings, CancellationToken cancellation = default)
    {
        var origins = new DemoOrigins();
        if (!settings.Enabled) return origins;
        try
        {
            for (var i = 0; i < settings.Origins.Count; i++) await origins.Add($"demo-{i + 1}", settings.Origins[i], cancellation);
        }
        catch
        {
            await origins.DisposeAsync();
            throw;
        }

        return origins;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers) await server.DisposeAsync();
        _servers.Clear();
    }

    private async Task Add(string name, IPEndPoint bind, CancellationToken cancellation)
    {
        try
        {
            _servers.Add(await EmbeddedWebServer.StartAsync(
                bind, kestrel => kestrel.Limits.MaxRequestBodySize = null, app => DemoPages.Map(app, name), cancellation));
        }
        catch (Exception cause) when (cause is IOException or System.Net.Sockets.SocketException)
        {
            throw new ListenFailedException([ListenFailure.Of("demo", "origins", bind.ToString(), cause)]);
        }
    }
}
