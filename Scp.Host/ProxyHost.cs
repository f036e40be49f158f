using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Scp.Actors;
using Scp.Actors.BackendPools;
using Scp.Actors.Configuration;
using Scp.Actors.Connections;
using Scp.Host.Admin;
using Scp.Host.Configuration;
using Scp.Host.Demo;
using Scp.Host.Telemetry;
using Scp.Streams.Dispatch;
using Scp.Streams.Telemetry;

namespace Scp.Host;

/// <summary>A listener could not be opened: the proxy does not start with less than it was told to.</summary>
internal sealed class ListenFailedException(IReadOnlyList<BindFailed> failed) : Exception("A listener could not be opened.")
{
    public IReadOnlyList<BindFailed> Failed { get; } = failed;
}

/// <summary>
/// The running proxy: actor system, telemetry, admin endpoint and demo origins, started in order and stopped in the reverse one.
/// </summary>
internal sealed class ProxyHost : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly ActorSystem _system;
    private readonly IActorRef _proxy;
    private readonly ProxyParts _parts;
    private readonly PoolDirectory _pools;
    private readonly HostSettings _settings;
    private volatile bool _isDraining;
    private AdminServer? _admin;

    private ProxyHost(IHost host, ActorSystem system, IActorRef proxy, ProxyParts parts, PoolDirectory pools, HostSettings settings)
    {
        _host = host;
        _system = system;
        _proxy = proxy;
        _parts = parts;
        _pools = pools;
        _settings = settings;
    }

    /// <summary>Where the listeners really listen: port 0 has become a port.</summary>
    public IReadOnlyList<Bound> Listeners { get; private set; } = [];

    public Uri? AdminAddress => _admin?.Address;

    public IReadOnlyList<Uri> DemoAddresses => _parts.Demo?.Addresses ?? [];

    /// <summary>Starts everything; when it returns, requests are answered.</summary>
    /// <exception cref="ListenFailedException">A listener could not be opened.</exception>
    /// <exception cref="IOException">A demo origin could not be opened.</exception>
    public static async Task<ProxyHost> StartAsync(
        LoadedConfiguration loaded, Func<LoadedConfiguration> read, TimeProvider? time = null, CancellationToken cancellation = default)
    {
        var settings = loaded.Settings ?? throw new ArgumentException("The configuration has errors.", nameof(loaded));
        time ??= TimeProvider.System;
        var parts = await ProxyParts.StartAsync(settings, time, cancellation);
        var pools = new PoolDirectory();
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddConsole(o =>
        {
            o.FormatterName = LineFormatter.FormatterName;
            o.LogToStandardErrorThreshold = LogLevel.Trace; // standard output belongs to the access log
        });
        builder.Logging.AddConsoleFormatter<LineFormatter, Microsoft.Extensions.Logging.Console.ConsoleFormatterOptions>();
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = settings.Drain.LameDuck + settings.Drain.HardStop + TimeSpan.FromSeconds(30));
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        IActorRef proxy = ActorRefs.Nobody;
        builder.Services.AddAkka("scp", akka => akka
            .ConfigureLoggers(log =>
            {
                log.ClearLoggers();
                log.AddLoggerFactory();
            })
            .AddHocon(AkkaConfiguration.Build(loaded.Root, settings), HoconAddMode.Prepend)
            .WithActors((system, _) =>
            {
                var environment = new ProxyEnvironment(time, Random.Shared, SocketConnector.Instance, parts.Observers, () => ToResult(read()));
                proxy = system.ActorOf(Props.Create(() => new ProxyActor(settings, environment, pools)), ActorPaths.Root);
            }));
        var host = builder.Build();
        await host.StartAsync(cancellation);
        var system = host.Services.GetRequiredService<ActorSystem>();
        var running = new ProxyHost(host, system, proxy, parts, pools, settings);
        try
        {
            running.AddShutdownTasks();
            await running.OpenAsync(loaded, cancellation);
            return running;
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads the configuration again and makes it the one in force if it is good.</summary>
    public Task<Reloaded> ReloadAsync(string reason) => ConfigActor.Ask<Reloaded>(new Reload(reason), TimeSpan.FromSeconds(30));

    /// <summary>Opens log files anew: they may have been moved by logrotate.</summary>
    public void ReopenLogs() => _parts.AccessLog?.Reopen();

    /// <summary>Readiness fails and connections close after their response; the process goes on.</summary>
    public Task<ProxyDrained> DrainAsync()
    {
        _isDraining = true;
        return _proxy.Ask<ProxyDrained>(DrainProxy.Instance, _settings.Drain.HardStop + TimeSpan.FromSeconds(10));
    }

    /// <summary>Drains, then stops everything.</summary>
    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        if (_admin is not null) await _admin.DisposeAsync();
        await _parts.DisposeAsync();
    }

    private ActorSelection ConfigActor => _system.ActorSelection($"/user/{ActorPaths.Root}/{ActorPaths.Config}");

    private static ReadResult ToResult(LoadedConfiguration loaded) => new(loaded.Settings, [.. loaded.Errors.Select(e => e.ToString())]);

    private async Task OpenAsync(LoadedConfiguration loaded, CancellationToken cancellation)
    {
        var started = await _proxy.Ask<Started>(Start.Instance, TimeSpan.FromSeconds(30), cancellation);
        if (started.Failed.Count > 0) throw new ListenFailedException(started.Failed);
        Listeners = started.Bound;
        if (!_settings.Admin.Enabled) return;
        var log = _host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Scp.Admin");
        _admin = await AdminServer.StartAsync(_settings.Admin, Operations(loaded), message => log.LogWarning("{Message}", message), cancellation);
    }

    private AdminOperations Operations(LoadedConfiguration loaded) => new()
    {
        Readiness = () => ReadinessReport.Of(
            Listeners.Select(l => (l.Listener, true)), _isDraining, _pools.Cells.Select(p => (p.Key, p.Value.Current.Backends.Count))),
        Metrics = _parts.Families,
        Configuration = () => Hocon.Output.HoconPrinter.Print(loaded.Root),
        Reload = async _ => new ReloadReport((await ReloadAsync("admin endpoint")).Errors),
        Drain = () => _ = DrainAsync(),
    };

    /// <summary>Coordinated shutdown: lame duck, drain, then the actor system.</summary>
    private void AddShutdownTasks()
    {
        var shutdown = CoordinatedShutdown.Get(_system);
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "lame-duck", async () =>
        {
            var wasDraining = _isDraining;
            _isDraining = true;
            if (!wasDraining) await Task.Delay(_settings.Drain.LameDuck);
            return Akka.Done.Instance;
        });
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "drain", async () =>
        {
            Cut = (await DrainAsync()).Cut;
            return Akka.Done.Instance;
        });
    }

    /// <summary>Connections that were cut because they outlasted the drain.</summary>
    public int Cut { get; private set; }

    /// <summary>Signals are handled by the command that runs the proxy, not by the generic host.</summary>
    private sealed class SilentLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
