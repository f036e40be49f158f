using OpenTelemetry.Trace;
using Scp.Actors.BackendPools;
using Scp.Host.Demo;
using Scp.Host.Persistence;
using Scp.Host.Telemetry;
using Scp.Streams.Dispatch;
using Scp.Streams.Telemetry;

namespace Scp.Host;

/// <summary>What runs beside the actors: telemetry and demo origins.</summary>
internal sealed class ProxyParts : IAsyncDisposable
{
    private readonly TracerProvider? _tracer;
    private readonly MeterBridge _meter;
    private readonly ProxyMetrics? _metrics;

    private ProxyParts(
        AccessLog? accessLog, ProxyMetrics? metrics, TracerProvider? tracer, RequestTracing? tracing, DemoOrigins? demo,
        ProxyPersistence? persistence)
    {
        AccessLog = accessLog;
        Demo = demo;
        Persistence = persistence;
        _metrics = metrics;
        _tracer = tracer;
        Observers = new ListenerTelemetry(metrics, tracing, accessLog, metrics, tracing);
        _meter = new MeterBridge(Families());
    }

    public AccessLog? AccessLog { get; }

    public DemoOrigins? Demo { get; }

    public ListenerTelemetry Observers { get; }

    /// <summary>Null when nothing is to outlive a restart.</summary>
    public ProxyPersistence? Persistence { get; }

    /// <summary>The pools: filled by their actors, read by metrics and the admin endpoint.</summary>
    public PoolDirectory Pools { get; } = new();

    public static string Version { get; } = typeof(ProxyParts).Assembly.GetName().Version!.ToString(3);

    public static async Task<ProxyParts> StartAsync(HostSettings settings, TimeProvider time, CancellationToken cancellation)
    {
        var demo = settings.Demo.Enabled ? await DemoOrigins.StartAsync(settings.Demo, cancellation) : null;
        var accessLog = AccessLog.Start(settings.AccessLog, time, Console.Error.WriteLine);
        var metrics = settings.Metrics.Enabled ? new ProxyMetrics(settings.Metrics, time) : null;
        var tracer = TraceExport.Start(settings.Tracing, Version);
        return new ProxyParts(accessLog, metrics, tracer, tracer is null ? null : new RequestTracing(time), demo,
            ProxyPersistence.Of(settings.Persistence, time));
    }

    /// <summary>All metric families.</summary>
    public IEnumerable<MetricFamily> Families() =>
        [.. _metrics?.Families ?? [], .. _metrics is null ? [] : PoolFamilies(), .. AccessLog?.Families ?? [],
            .. Persistence?.Health.Metrics.Families ?? [],
            .. ProcessMetrics.Families(Version)];

    private IEnumerable<MetricFamily> PoolFamilies()
    {
        return [.. StandingMetrics.Families(Pools), .. PoolMetrics.Families(Loads), .. MirrorMetrics.Families(Loads)];

        IEnumerable<KeyValuePair<string, PoolLoad>> Loads() => Pools.Cells.Select(p => KeyValuePair.Create(p.Key, p.Value.Current.Load));
    }

    public async ValueTask DisposeAsync()
    {
        _meter.Dispose();
        _tracer?.Dispose();
        AccessLog?.Dispose();
        if (Persistence is not null) await Persistence.Health.Storage.DisposeAsync();
        if (Demo is not null) await Demo.DisposeAsync();
    }
}
