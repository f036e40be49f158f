using System.Collections.Concurrent;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Telemetry;

/// <summary>
/// Everything the proxy counts. The hot path adds to striped counters of its listener, route or backend and nothing else; the
/// families read them when somebody asks. There is no list of label sets to build for a request, and no instrument to call.
/// </summary>
public sealed class ProxyMetrics : IExchangeObserver
{
    private readonly ConcurrentDictionary<string, ListenerMetrics> _listeners = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Pool, string Backend), UpstreamMetrics> _upstreams = new();
    private readonly DurationBuckets _buckets;
    private ListenerMetrics? _last;

    /// <param name="settings">The bounds of the duration histogram.</param>
    /// <param name="time">The clock of the exchange records.</param>
    public ProxyMetrics(MetricsSettings settings, TimeProvider time)
    {
        _buckets = new DurationBuckets(settings.DurationBuckets, time);
        Families = [.. ExchangeFamilies(), .. ConnectionFamilies(), .. UpstreamFamilies(), Buffers()];
    }

    public IReadOnlyList<MetricFamily> Families { get; }

    /// <summary>The counters of a listener, made when they are first asked for.</summary>
    public ListenerMetrics Listener(string name) =>
        _listeners.GetOrAdd(name, static (n, buckets) => new ListenerMetrics(n, buckets), _buckets);

    /// <summary>The counters of a backend, made when they are first asked for.</summary>
    public UpstreamMetrics Upstream(string pool, string backend) =>
        _upstreams.GetOrAdd((pool, backend), static key => new UpstreamMetrics(key.Pool, key.Backend));

    /// <summary>Forgets a backend that is configured no more, so that backends that come and go do not pile up.</summary>
    public void ForgetUpstream(string pool, string backend) => _upstreams.TryRemove((pool, backend), out _);

    public void OnCompleted(Exchange exchange)
    {
        var name = exchange.Connection.Listener;
        var listener = Volatile.Read(ref _last);
        if (listener is null || !ReferenceEquals(listener.Name, name))
        {
            listener = Listener(name);
            Volatile.Write(ref _last, listener);
        }

        listener.Completed(exchange);
    }

    private IEnumerable<MetricFamily> ExchangeFamilies() =>
    [
        new("scp.requests", MetricKind.Counter, "", "Exchanges that ended, by status class; none when the client got no status.",
            () => Routes().SelectMany(r => r.Requests())),
        new("scp.request.duration", MetricKind.Histogram, "s", "First byte of the request to last of the response, without tunnels.",
            () => Routes().Select(r => r.Durations())),
        new("scp.request.content", MetricKind.Counter, "By", "Content received from clients.",
            () => Routes().Select(r => r.RequestBytes())),
        new("scp.response.content", MetricKind.Counter, "By", "Content sent to clients.", () => Routes().Select(r => r.ResponseBytes())),
        new("scp.errors", MetricKind.Counter, "", "Exchanges that the proxy refused or could not finish, by reason.",
            () => _listeners.Values.SelectMany(l => l.Errors())),
    ];

    private IEnumerable<MetricFamily> ConnectionFamilies() =>
    [
        new("scp.client.connections.accepted", MetricKind.Counter, "", "Client connections accepted.",
            () => _listeners.Values.Select(l => l.AcceptedConnections())),
        new("scp.client.connections.rejected", MetricKind.Counter, "", "Client connections turned away.",
            () => _listeners.Values.Select(l => l.RejectedConnections())),
        new("scp.client.connections.open", MetricKind.Gauge, "", "Client connections open now.",
            () => _listeners.Values.Select(l => l.OpenConnections())),
    ];

    private IEnumerable<MetricFamily> UpstreamFamilies() =>
    [
        new("scp.upstream.attempts", MetricKind.Counter, "", "Exchanges given to a backend, retries included.",
            () => _upstreams.Values.Select(u => u.AttemptCount())),
        new("scp.upstream.connect.failures", MetricKind.Counter, "", "Connections to a backend that could not be made, by reason.",
            () => _upstreams.Values.SelectMany(u => u.ConnectFailures())),
        new("scp.upstream.retries", MetricKind.Counter, "", "Failed or slow attempts by what came of them: tried again, or why not.",
            () => _upstreams.Values.SelectMany(u => u.Retries())),
        new("scp.upstream.connections.opened", MetricKind.Counter, "", "Connections made to a backend; attempts less these were reuse.",
            () => _upstreams.Values.Select(u => u.OpenedConnections())),
        new("scp.upstream.connections.open", MetricKind.Gauge, "", "Connections to a backend open now, idle ones included.",
            () => _upstreams.Values.Select(u => u.OpenConnections())),
        new("scp.upstream.connections.idle", MetricKind.Gauge, "", "Connections to a backend that wait for an exchange now.",
            () => _upstreams.Values.Select(u => u.IdleConnections())),
        new("scp.upstream.probes", MetricKind.Counter, "", "Active health checks that ended, by result.",
            () => _upstreams.Values.SelectMany(u => u.Probes())),
        new("scp.upstream.ejections", MetricKind.Counter, "", "Times that a backend was left out because of its answers.",
            () => _upstreams.Values.Select(u => u.EjectionCount())),
        new("scp.upstream.circuit.openings", MetricKind.Counter, "", "Times that the circuit of a backend opened.",
            () => _upstreams.Values.Select(u => u.CircuitOpeningCount())),
    ];

    private static MetricFamily Buffers() =>
        new("scp.buffers.outstanding", MetricKind.Gauge, "", "Pooled buffers in use now.",
            () => [new MetricPoint(BufferPool.Shared.Outstanding, [])]);

    private IEnumerable<RouteMetrics> Routes() => _listeners.Values.SelectMany(l => l.Routes);
}
