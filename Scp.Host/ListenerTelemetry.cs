using Scp.Actors.Connections;
using Scp.Streams.Messages;
using Scp.Streams.Telemetry;

namespace Scp.Host;

/// <summary>Passes on what the data plane reports, to those that are switched on.</summary>
internal sealed class ListenerTelemetry(ProxyMetrics? metrics, RequestTracing? tracing, params IEnumerable<IExchangeObserver?> observers)
    : IListenerTelemetry
{
    private readonly IExchangeObserver[] _observers = [.. observers.OfType<IExchangeObserver>()];

    public RequestTracing? Tracing => tracing;

    public UpstreamMetrics? Upstream(string pool, string backend) => metrics?.Upstream(pool, backend);

    public void ForgetUpstream(string pool, string backend) => metrics?.ForgetUpstream(pool, backend);

    public void OnCompleted(Exchange exchange)
    {
        foreach (var observer in _observers) observer.OnCompleted(exchange);
    }

    public void ConnectionAccepted(string listener) => metrics?.Listener(listener).ConnectionAccepted();

    public void ConnectionClosed(string listener) => metrics?.Listener(listener).ConnectionClosed();
}
