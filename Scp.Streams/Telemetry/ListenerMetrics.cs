using System.Collections.Concurrent;
using Scp.Streams.Errors;
using Scp.Streams.Messages;

namespace Scp.Streams.Telemetry;

/// <summary>What is counted of one listener: its connections, its errors, its routes. Thread-safe; whoever counts keeps it.</summary>
public sealed class ListenerMetrics
{
    private const int Accepted = 0;
    private const int Rejected = 1;
    private const int Closed = 2;
    private const int FirstError = 3;

    private readonly StripedCounters _counters = new(FirstError + ErrorReason.Count);
    private readonly ConcurrentDictionary<string, RouteMetrics> _routes = new(StringComparer.Ordinal);
    private readonly Func<string, RouteMetrics> _newRoute;
    private readonly KeyValuePair<string, object?>[] _labels;
    private RouteMetrics? _last;

    internal ListenerMetrics(string name, DurationBuckets buckets)
    {
        Name = name;
        _labels = [new("listener", name)];
        _newRoute = route => new RouteMetrics(name, route, buckets);
    }

    public string Name { get; }

    internal IEnumerable<RouteMetrics> Routes => _routes.Values;

    public void ConnectionAccepted() => _counters.Increment(Accepted);

    /// <summary>A connection that was accepted has ended.</summary>
    public void ConnectionClosed() => _counters.Increment(Closed);

    /// <summary>A connection was turned away: too many, or draining. It counts as neither accepted nor open.</summary>
    public void ConnectionRejected() => _counters.Increment(Rejected);

    internal void Completed(Exchange exchange)
    {
        var error = exchange.Record.Error;
        if (error != ProxyError.None) _counters.Increment(FirstError + (int)error);
        var route = exchange.Route?.Name ?? "";
        var metrics = Volatile.Read(ref _last);
        if (metrics is null || !ReferenceEquals(metrics.Route, route))
        {
            metrics = RouteOf(route);
            Volatile.Write(ref _last, metrics);
        }

        metrics.Completed(exchange);
    }

    internal MetricPoint AcceptedConnections() => new(_counters.Read(Accepted), _labels);

    internal MetricPoint RejectedConnections() => new(_counters.Read(Rejected), _labels);

    internal MetricPoint OpenConnections() => new(Math.Max(0, _counters.Read(Accepted) - _counters.Read(Closed)), _labels);

    internal IEnumerable<MetricPoint> Errors() => ErrorCounts.Points(_counters, FirstError, _labels);

    private RouteMetrics RouteOf(string route) => _routes.GetOrAdd(route, _newRoute);
}

/// <summary>A range of counters that is indexed by <see cref="ProxyError"/>, as points with a reason label.</summary>
internal static class ErrorCounts
{
    public static IEnumerable<MetricPoint> Points(StripedCounters counters, int first, KeyValuePair<string, object?>[] labels)
    {
        for (var error = 0; error < ErrorReason.Count; error++)
            if (counters.Read(first + error) is var count and > 0)
                yield return new MetricPoint(count, [.. labels, new("reason", ErrorReason.Text((ProxyError)error))]);
    }
}
