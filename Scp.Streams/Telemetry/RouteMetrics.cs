using Scp.Streams.Messages;

namespace Scp.Streams.Telemetry;

/// <summary>What is counted of the exchanges of one route on one listener.</summary>
internal sealed class RouteMetrics(string listener, string route, DurationBuckets buckets)
{
    // The row: status classes, then content bytes, then the histogram.
    private const int StatusClasses = 6;
    private const int RequestContent = StatusClasses;
    private const int ResponseContent = RequestContent + 1;
    private const int DurationSum = ResponseContent + 1;
    private const int FirstBucket = DurationSum + 1;

    private static readonly string[] ClassNames = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"];

    private readonly StripedCounters _counters = new(FirstBucket + buckets.Count);
    private readonly KeyValuePair<string, object?>[] _labels = [new("listener", listener), new("route", route)];
    private readonly KeyValuePair<string, object?>[][] _classLabels = [.. ClassNames.Select(name =>
        new KeyValuePair<string, object?>[] { new("listener", listener), new("route", route), new("class", name) })];

    public string Route { get; } = route;

    public void Completed(Exchange exchange)
    {
        var record = exchange.Record;
        var status = record.Status / 100;
        _counters.Increment(status is > 0 and < StatusClasses ? status : 0);
        if (record.RequestContentBytes > 0) _counters.Add(RequestContent, record.RequestContentBytes);
        if (record.ResponseContentBytes > 0) _counters.Add(ResponseContent, record.ResponseContentBytes);
        if (IsTunnel(exchange) || record.StartedAt == 0) return;
        var duration = Math.Max(0, record.EndedAt - record.StartedAt);
        _counters.Add(DurationSum, duration);
        _counters.Increment(FirstBucket + buckets.Of(duration));
    }

    public IEnumerable<MetricPoint> Requests()
    {
        for (var status = 0; status < StatusClasses; status++)
            if (_counters.Read(status) is var count and > 0) yield return new MetricPoint(count, _classLabels[status]);
    }

    public MetricPoint RequestBytes() => new(_counters.Read(RequestContent), _labels);

    public MetricPoint ResponseBytes() => new(_counters.Read(ResponseContent), _labels);

    public MetricPoint Durations()
    {
        var counts = new long[buckets.Count];
        for (var i = 0; i < counts.Length; i++) counts[i] = _counters.Read(FirstBucket + i);
        return new MetricPoint(0, _labels, new Distribution(buckets.Bounds, counts, buckets.Seconds(_counters.Read(DurationSum))));
    }

    /// <summary>A tunnel lasts as long as its ends like: an hour of WebSocket says nothing about the speed of a route.</summary>
    private static bool IsTunnel(Exchange exchange) =>
        exchange.Record.Status == 101 || (exchange.Request.Method == Method.Connect && exchange.Record.Status is >= 200 and < 300);
}
