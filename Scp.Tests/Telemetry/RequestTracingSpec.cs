using System.Diagnostics;
using System.Text;
using Scp.Streams.Errors;
using Scp.Streams.Messages;
using Scp.Streams.Telemetry;

namespace Scp.Tests.Telemetry;

[Collection(nameof(RequestTracingSpec))]
[CollectionDefinition(nameof(RequestTracingSpec), DisableParallelization = true)]
public sealed class RequestTracingSpec
{
    private const string Parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private readonly RequestTracing _tracing = new(TimeProvider.System);

    [Fact]
    public void Without_a_listener_there_is_no_span_and_no_garbage()
    {
        var exchange = Exchanges.Completed();
        _tracing.Started(exchange);
        _tracing.OnCompleted(exchange);

        var before = GC.GetAllocatedBytesForCurrentThread();
        _tracing.Started(exchange);
        _tracing.OnCompleted(exchange);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Null(exchange.Record.Span);
        Assert.False(RequestTracing.TryWriteTraceParent(exchange, new byte[55]));
    }

    [Fact]
    public void The_span_is_a_child_of_what_the_client_sent_and_the_parent_of_what_the_origin_gets()
    {
        using var listener = Listen(_ => { });
        var exchange = Exchanges.Completed(fields: [("traceparent", Parent), ("tracestate", "a=b")]);

        _tracing.Started(exchange);

        var span = Assert.IsType<Activity>(exchange.Record.Span);
        Assert.Equal("4bf92f3577b34da6a3ce929d0e0e4736", span.TraceId.ToHexString());
        Assert.Equal("00f067aa0ba902b7", span.ParentSpanId.ToHexString());
        Assert.Equal("a=b", span.TraceStateString);
        var sent = new byte[RequestTracing.TraceParentLength];
        Assert.True(RequestTracing.TryWriteTraceParent(exchange, sent));
        Assert.Equal(span.Id, Encoding.ASCII.GetString(sent));
    }

    [Theory]
    [InlineData("")]
    [InlineData("junk")]
    [InlineData("00-00000000000000000000000000000000-00f067aa0ba902b7-01")]
    public void A_bad_traceparent_begins_a_new_trace(string parent)
    {
        using var listener = Listen(_ => { });
        var exchange = Exchanges.Completed(fields: [("traceparent", parent)]);

        _tracing.Started(exchange);

        Assert.Equal(default, exchange.Record.Span!.ParentSpanId);
    }

    [Fact]
    public void The_span_never_becomes_the_current_activity_of_the_graphs_thread()
    {
        using var listener = Listen(_ => { });
        using var outer = new Activity("outer").Start();
        var exchange = Exchanges.Completed();

        _tracing.Started(exchange);
        Assert.Same(outer, Activity.Current);
        Assert.NotEqual(outer.TraceId, exchange.Record.Span!.TraceId);

        _tracing.OnCompleted(exchange);
        Assert.Same(outer, Activity.Current);
    }

    [Fact]
    public void The_span_tells_of_the_exchange_in_the_terms_of_the_semantic_conventions()
    {
        Activity? stopped = null;
        using var listener = Listen(span => stopped = span);
        var exchange = Exchanges.Completed("POST", "/carts", status: 502, error: ProxyError.ConnectRefused, duration: TimeSpan.FromSeconds(2), fields: ("User-Agent", "curl/8"));

        _tracing.Started(exchange);
        _tracing.OnCompleted(exchange);

        Assert.NotNull(stopped);
        Assert.Equal("POST shop", stopped.DisplayName);
        Assert.Equal(ActivityKind.Server, stopped.Kind);
        Assert.Equal(ActivityStatusCode.Error, stopped.Status);
        Assert.InRange(stopped.Duration.TotalSeconds, 1.9, 10);
        Assert.Equal("POST", stopped.GetTagItem("http.request.method"));
        Assert.Equal("/carts", stopped.GetTagItem("url.path"));
        Assert.Equal("http", stopped.GetTagItem("url.scheme"));
        Assert.Equal("shop.example", stopped.GetTagItem("server.address"));
        Assert.Equal("192.0.2.7", stopped.GetTagItem("client.address"));
        Assert.Equal(502, stopped.GetTagItem("http.response.status_code"));
        Assert.Equal("connect-refused", stopped.GetTagItem("error.type"));
        Assert.Equal("curl/8", stopped.GetTagItem("user_agent.original"));
        Assert.Equal("carts-1", stopped.GetTagItem("scp.backend"));
    }

    [Fact]
    public void A_clients_error_is_no_error_of_the_span()
    {
        Activity? stopped = null;
        using var listener = Listen(span => stopped = span);
        var exchange = Exchanges.Completed(method: "BREW", status: 404);

        _tracing.Started(exchange);
        _tracing.OnCompleted(exchange);

        Assert.Equal(ActivityStatusCode.Unset, stopped!.Status);
        Assert.Equal("_OTHER", stopped.GetTagItem("http.request.method"));
        Assert.Equal("BREW", stopped.GetTagItem("http.request.method_original"));
    }

    private static ActivityListener Listen(Action<Activity> stopped)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == RequestTracing.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = stopped,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
