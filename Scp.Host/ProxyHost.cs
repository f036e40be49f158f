using System.Net;
using Akka.Actor;
using Akka.Event;
using Akka.Hosting;
using Akka.Hosting.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Scp.Actors;
using Scp.Actors.BackendPools;
using Scp.Actors.Configuration;
using Scp.Actors.Connections;
using Scp.Actors.Health;
using Scp.Host.Admin;
using Scp.Host.Configuration;
using Scp.Host.Explain;
using Scp.Host.Telemetry;
using Scp.Streams.Dispatch;
using Scp.Streams.Limits;

namespace Scp.Host;

/// <summary>
/// The running proxy: actor system, telemetry, admin endpoint and demo origins, started in order and stopped in the reverse one.
/// </summary>
internal sealed class ProxyHost : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly ConfigurationInForce _configuration;
    private readonly ProxyParts _parts;
    private readonly TimeProvider _time;
    private readonly Clock _clock;
    private readonly PoolDirectory _pools;
    private readonly ListenerDirectory _listeners = new();
    private readonly IHost _host;
    private IActorRef _proxy = ActorRefs.Nobody;
    private AdminServer? _admin;
    private Task<ProxyDrained>? _drain;
    private bool _isOpen;

    private ProxyHost(ConfigurationInForce configuration, ProxyParts parts, TimeProvider time)
    {
        _configuration = configuration;
        _parts = parts;
        _time = time;
        _clock = new Clock(time);
        _pools = parts.Pools;
        _host = BuildHost();
    }

    /// <summary>Where the listeners of the configuration in force really listen: port 0 has become a port.</summary>
    public IReadOnlyList<Bound> Listeners =>
        [.. from name in _configuration.Settings.Listeners.Keys where Listening(name) is not null select new Bound(name, Listening(name)!)];

    /// <summary>How pools and backends stand now.</summary>
    public PoolsReport Pools => PoolsReport.Of(_pools, _clock.Now);

    public Uri? AdminAddress => _admin?.Address;

    public IReadOnlyList<Uri> DemoAddresses => _parts.Demo?.Addresses ?? [];

    /// <summary>Files of the configuration in force, includes too.</summary>
    public IReadOnlyCollection<string> ConfigurationFiles => _configuration.Current.Files;

    /// <summary>Connections that were cut because they outlasted the drain.</summary>
    public int Cut { get; private set; }

    /// <summary>Starts everything; when it returns, requests are answered.</summary>
    /// <exception cref="ListenFailedException">A listener or demo origin could not be opened.</exception>
    public static async Task<ProxyHost> StartAsync(
        LoadedConfiguration loaded, Func<LoadedConfiguration> read, TimeProvider? time = null, CancellationToken cancellation = default)
    {
        var settings = loaded.Settings ?? throw new ArgumentException("The configuration has errors.", nameof(loaded));
        time ??= TimeProvider.System;
        var parts = await ProxyParts.StartAsync(settings, time, cancellation);
        var running = new ProxyHost(new ConfigurationInForce(loaded, read), parts, time);
        try
        {
            await running._host.StartAsync(cancellation);
            await running.OpenAsync(settings, cancellation);
            return running;
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads the configuration again and makes it the one in force if it is good.</summary>
    public Task<Reloaded> ReloadAsync(string reason) =>
        System.ActorSelection($"/user/{ActorPaths.Root}/{ActorPaths.Config}").Ask<Reloaded>(new Reload(reason), TimeSpan.FromSeconds(60));

    /// <summary>Opens log files anew: they may have been moved by logrotate.</summary>
    public void ReopenLogs() => _parts.AccessLog?.Reopen();

    /// <summary>
    /// Readiness fails at once; after the lame-duck time nothing new is accepted and connections close after their response. The process
    /// goes on. However often it is asked for, there is one drain.
    /// </summary>
    public Task<ProxyDrained> DrainAsync()
    {
        lock (_lock) return _drain ??= BeginDrain();
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

    private ActorSystem System => _host.Services.GetRequiredService<ActorSystem>();

    private EndPoint? Listening(string name) => _listeners.All.GetValueOrDefault(name);

    private IHost BuildHost()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        OperatorLog.Configure(builder.Logging);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = AkkaConfiguration.LongestDrain);
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder.Services.AddAkka("scp", (akka, services) => akka
            .ConfigureLoggers(log =>
            {
                log.ClearLoggers();
                log.AddLogger<AkkaLogger>();
            })
            .AddSetup(new LoggerFactorySetup(services.GetRequiredService<ILoggerFactory>()))
            .AddHocon(AkkaConfiguration.Build(_configuration.Current.Root, _parts.Persistence?.Hocon ?? ""), HoconAddMode.Prepend)
            .WithActors((system, _) =>
            {
                var environment = new ProxyEnvironment(
                    _time, Random.Shared, SocketConnector.Instance, _parts.Observers, _configuration.ReadAgain)
                {
                    Persistence = _parts.Persistence?.Health,
                };
                var (pools, listeners) = (_pools, _listeners);
                _proxy = system.ActorOf(Props.Create(() => new ProxyActor(environment, pools, listeners)), ActorPaths.Root);
                CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "drain", async () =>
                {
                    await DrainAsync();
                    return Akka.Done.Instance;
                });
                CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "flush", async () =>
                {
                    await FlushAsync(system);
                    return Akka.Done.Instance;
                });
            }));
        return builder.Build();
    }

    private async Task OpenAsync(HostSettings settings, CancellationToken cancellation)
    {
        var applied = await _proxy.Ask<Applied>(new Apply(settings, 1), TimeSpan.FromSeconds(30), cancellation);
        if (applied.Failed.Count > 0) throw new ListenFailedException([.. applied.Failed.Select(ListenFailure.Of)]);
        _isOpen = true;
        var log = _host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Scp.Admin");
        if (settings.Admin.Enabled)
            _admin = await AdminServer.StartAsync(
                settings.Admin, Operations(), message => log.LogWarning("{Message}", message), cancellation);
    }

    private AdminOperations Operations() => new()
    {
        Readiness = () => ReadinessReport.Of(
            _listeners.All.Select(l => (l.Key, l.Value is not null)), _drain is not null,
            _pools.Cells.Select(p => (p.Key, p.Value.Current.Available)), _configuration.Settings.Admin.ReadyWhen),
        Pools = () => Pools,
        Administer = AdministerAsync,
        Metrics = _parts.Families,
        Configuration = () => Hocon.Output.HoconPrinter.Print(_configuration.Current.Root),
        Explain = () => new Explainer(_configuration.Settings, _pools.Cells, _time),
        Reload = async _ => ReloadReport.Of(await ReloadAsync("admin endpoint")),
        Drain = () => _ = DrainAsync(),
    };

    private async Task<ProxyDrained> BeginDrain()
    {
        if (!_isOpen) return new ProxyDrained(0); // it never took a request
        var drain = _configuration.Settings.Drain;
        await Task.Delay(drain.LameDuck, _time);
        var drained = await _proxy.Ask<ProxyDrained>(DrainProxy.Instance, drain.HardStop + TimeSpan.FromSeconds(10));
        Cut = drained.Cut;
        return drained;
    }

    /// <summary>What was learned last reaches the database, if it can.</summary>
    private async Task FlushAsync(ActorSystem system)
    {
        if (await UnwrittenAsync(system, TimeSpan.FromSeconds(2)) is var unwritten and not 0)
            system.Log.Warning("What is known of {0} backends could not be saved before the end.", unwritten?.ToString() ?? "some");
    }

    /// <summary>An operator who is told that it is done finds it done after a crash, too, unless the database is away.</summary>
    private async Task<BackendAdministered> AdministerAsync(AdministerBackend command, CancellationToken cancellation)
    {
        var administered = await System.ActorSelection($"/user/{ActorPaths.Root}/{ActorPaths.Pools}")
            .Ask<BackendAdministered>(command, TimeSpan.FromSeconds(5), cancellation);
        if (administered.Standing is not null) await UnwrittenAsync(System, TimeSpan.FromSeconds(1));
        return administered;
    }

    /// <summary>Facts that the database has not got after all of them were offered; null when it did not answer in time.</summary>
    private async Task<int?> UnwrittenAsync(ActorSystem system, TimeSpan limit)
    {
        if (_parts.Persistence is null) return 0;
        try
        {
            var flushed = await system.ActorSelection($"/user/{ActorPaths.Root}/{ActorPaths.Pools}").Ask<Flushed>(Flush.Instance, limit);
            return flushed.Unwritten;
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    /// <summary>Signals are handled by the command that runs the proxy, not by the generic host.</summary>
    private sealed class SilentLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
