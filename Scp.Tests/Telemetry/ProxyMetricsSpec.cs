using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Scp.Streams.Errors;
using Scp.Streams.Telemetry;

namespace Scp.Tests.Telemetry;

public partial class ProxyMetricsSpec
{
    private static readonly MetricsSettings Settings = new()
    {
        Enabled = true,
        DurationBuckets = [TimeSpan.FromMilliseconds(0.5), TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(2.5), TimeSpan.FromSeconds(60)],
    };

    private readonly ProxyMetrics _metrics = new(Settings, TimeProvider.System);

    [Fact]
    public void Exchanges_are_counted_by_listener_route_and_status_class()
    {
        _metrics.OnCompleted(Exchanges.Completed(status: 200));
        _metrics.OnCompleted(Exchanges.Completed(status: 204));
        _metrics.OnCompleted(Exchanges.Completed(status: 499));
        _metrics.OnCompleted(Exchanges.Completed(status: 0));

        var text = PrometheusText.Write(_metrics.Families);

        Assert.Contains("# TYPE scp_requests_total counter\n", text);
        Assert.Contains("scp_requests_total{listener=\"public\",route=\"shop\",class=\"2xx\"} 2\n", text);
        Assert.Contains("scp_requests_total{listener=\"public\",route=\"shop\",class=\"4xx\"} 1\n", text);
        Assert.Contains("scp_requests_total{listener=\"public\",route=\"shop\",class=\"none\"} 1\n", text);
        Assert.Contains("scp_request_content_bytes_total{listener=\"public\",route=\"shop\"} 40\n", text);
        Assert.Contains("scp_response_content_bytes_total{listener=\"public\",route=\"shop\"} 80\n", text);
    }

    [Fact]
    public void An_exchange_without_a_route_has_an_empty_route_label()
    {
        var exchange = Exchanges.Completed(status: 404, error: ProxyError.NoRoute);
        exchange.Route = null;
        _metrics.OnCompleted(exchange);

        Assert.Contains("scp_requests_total{listener=\"public\",route=\"\",class=\"4xx\"} 1\n", PrometheusText.Write(_metrics.Families));
    }

    [Fact]
    public void Durations_are_a_cumulative_histogram()
    {
        foreach (var milliseconds in new[] { 1, 2, 30, 70_000 })
            _metrics.OnCompleted(Exchanges.Completed(duration: TimeSpan.FromMilliseconds(milliseconds)));

        var text = PrometheusText.Write(_metrics.Families);

        Assert.Contains("# TYPE scp_request_duration_seconds histogram\n", text);
        Assert.Contains("scp_request_duration_seconds_bucket{listener=\"public\",route=\"shop\",le=\"0.0005\"} 0\n", text);
        Assert.Contains("scp_request_duration_seconds_bucket{listener=\"public\",route=\"shop\",le=\"0.001\"} 1\n", text);
        Assert.Contains("scp_request_duration_seconds_bucket{listener=\"public\",route=\"shop\",le=\"0.0025\"} 2\n", text);
        Assert.Contains("scp_request_duration_seconds_bucket{listener=\"public\",route=\"shop\",le=\"60\"} 3\n", text);
        Assert.Contains("scp_request_duration_seconds_bucket{listener=\"public\",route=\"shop\",le=\"+Inf\"} 4\n", text);
        Assert.Contains("scp_request_duration_seconds_count{listener=\"public\",route=\"shop\"} 4\n", text);
        Assert.Contains("scp_request_duration_seconds_sum{listener=\"public\",route=\"shop\"} 70.033\n", text);
    }

    [Fact]
    public void The_length_of_a_tunnel_is_no_duration()
    {
        _metrics.OnCompleted(Exchanges.Completed(status: 101, duration: TimeSpan.FromHours(1)));
        _metrics.OnCompleted(Exchanges.Completed(method: "CONNECT", status: 200, duration: TimeSpan.FromHours(1)));

        Assert.Contains("scp_request_duration_seconds_count{listener=\"public\",route=\"shop\"} 0\n", PrometheusText.Write(_metrics.Families));
    }

    [Fact]
    public void Errors_are_counted_by_reason()
    {
        _metrics.OnCompleted(Exchanges.Completed(status: 502, error: ProxyError.ConnectRefused));

        Assert.Contains("scp_errors_total{listener=\"public\",reason=\"connect-refused\"} 1\n", PrometheusText.Write(_metrics.Families));
    }

    [Fact]
    public void Client_connections_are_counted_and_the_open_ones_shown()
    {
        var listener = _metrics.Listener("public");
        for (var i = 0; i < 3; i++) listener.ConnectionAccepted();
        listener.ConnectionClosed();
        listener.ConnectionRejected();

        var text = PrometheusText.Write(_metrics.Families);

        Assert.Contains("scp_client_connections_accepted_total{listener=\"public\"} 3\n", text);
        Assert.Contains("scp_client_connections_rejected_total{listener=\"public\"} 1\n", text);
        Assert.Contains("scp_client_connections_open{listener=\"public\"} 2\n", text);
    }

    [Fact]
    public void Upstream_attempts_failures_and_connections_are_counted_for_each_backend()
    {
        var upstream = _metrics.Upstream("carts", "carts-1");
        upstream.AttemptStarted();
        upstream.AttemptStarted();
        upstream.ConnectFailed(ProxyError.ConnectTimeout);
        upstream.ConnectionOpened();
        upstream.ConnectionParked();

        var text = PrometheusText.Write(_metrics.Families);

        Assert.Contains("scp_upstream_attempts_total{pool=\"carts\",backend=\"carts-1\"} 2\n", text);
        Assert.Contains("scp_upstream_connect_failures_total{pool=\"carts\",backend=\"carts-1\",reason=\"connect-timeout\"} 1\n", text);
        Assert.Contains("scp_upstream_connections_open{pool=\"carts\",backend=\"carts-1\"} 1\n", text);
        Assert.Contains("scp_upstream_connections_idle{pool=\"carts\",backend=\"carts-1\"} 1\n", text);

        _metrics.ForgetUpstream("carts", "carts-1");
        Assert.DoesNotContain("carts-1", PrometheusText.Write(_metrics.Families));
    }

    [Fact]
    public void Labels_are_escaped()
    {
        _metrics.Listener("a\"b\\c\nd").ConnectionAccepted();

        Assert.Contains("{listener=\"a\\\"b\\\\c\\nd\"} 1\n", PrometheusText.Write(_metrics.Families));
    }

    [Fact]
    public void Every_line_is_in_the_exposition_format()
    {
        _metrics.OnCompleted(Exchanges.Completed(status: 502, error: ProxyError.ConnectRefused));
        _metrics.Upstream("carts", "carts-1").AttemptStarted();

        var text = PrometheusText.Write([.. _metrics.Families, .. ProcessMetrics.Families("1.2.3")]);

        Assert.EndsWith("\n", text);
        foreach (var line in text[..^1].Split('\n')) Assert.Matches(ExpositionLine(), line);
        var families = text.Split('\n').Where(l => l.StartsWith("# TYPE ")).Select(l => l.Split(' ')[2]).ToArray();
        Assert.Equal(families.Length, families.Distinct().Count());
        Assert.Contains("process_cpu_seconds_total", families);
        Assert.Contains("process_resident_memory_bytes", families);
        Assert.Contains("scp_build_info{version=\"1.2.3\"} 1\n", text);
    }

    [Fact]
    public void Counts_from_many_threads_add_up()
    {
        var counters = new StripedCounters(3);
        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 10_000; i++) counters.Increment(1);
        });

        Assert.Equal(80_000, counters.Read(1));
        Assert.Equal(0, counters.Read(0));
        Assert.Equal(0, counters.Read(2));
    }

    [Fact]
    public void Counting_an_exchange_allocates_nothing()
    {
        var exchange = Exchanges.Completed(duration: TimeSpan.FromMilliseconds(3));
        for (var i = 0; i < 100; i++) _metrics.OnCompleted(exchange);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) _metrics.OnCompleted(exchange);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void The_meter_shows_the_same_values()
    {
        _metrics.OnCompleted(Exchanges.Completed(duration: TimeSpan.FromMilliseconds(3)));
        using var bridge = new MeterBridge(_metrics.Families);
        var seen = new Dictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (ReferenceEquals(instrument.Meter, bridge.Meter)) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => seen[instrument.Name] = value);
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => seen[instrument.Name] = value);
        listener.Start();

        listener.RecordObservableInstruments();

        Assert.Equal(1, seen["scp.requests"]);
        Assert.Equal(20, seen["scp.response.content"]);
        Assert.Equal(1, seen["scp.request.duration.count"]);
        Assert.Equal(1, seen["scp.request.duration.bucket"]); // the last one, +Inf
        Assert.Equal(0.003, seen["scp.request.duration.sum"], 0.0001);
    }

    [GeneratedRegex("""^(# (HELP [a-z_]+ [^\n]+|TYPE [a-z_]+ (counter|gauge|histogram))|[a-z_]+(\{([a-z]+="([^"\\]|\\["\\n])*",?)+\})? (-?[0-9.]+(E[+-][0-9]+)?|\+Inf))$""")]
    private static partial Regex ExpositionLine();
}
