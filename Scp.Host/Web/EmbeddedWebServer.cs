using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Scp.Host.Web;

/// <summary>
/// A small Kestrel beside the proxy, for the admin endpoint and the demo origins. It reads neither appsettings nor environment, logs
/// nothing, leaves signals to the main host, and stops at once.
/// </summary>
internal sealed class EmbeddedWebServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private EmbeddedWebServer(WebApplication app)
    {
        _app = app;
        var features = app.Services.GetRequiredService<IServer>().Features;
        Addresses = [.. features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Select(a => new Uri(a))];
    }

    /// <summary>Where it listens, with the port that the system chose when 0 was asked for.</summary>
    public IReadOnlyList<Uri> Addresses { get; }

    /// <summary>Binds and serves.</summary>
    /// <exception cref="IOException">The address cannot be bound.</exception>
    public static async Task<EmbeddedWebServer> StartAsync(
        IPEndPoint bind, Action<KestrelServerOptions> configure, Action<WebApplication> map, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(bind);
            configure(kestrel);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(500));
        var app = builder.Build();
        try
        {
            map(app);
            await app.StartAsync(cancellation);
            return new EmbeddedWebServer(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    /// <summary>Instead of ConsoleLifetime, which would take Ctrl+C and SIGTERM from the main host.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
