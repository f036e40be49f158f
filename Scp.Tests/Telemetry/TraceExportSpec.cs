using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Scp.Host.Telemetry;
using Scp.Host.Web;
using Scp.Streams.Telemetry;

namespace Scp.Tests.Telemetry;

[Collection(nameof(RequestTracingSpec))]
public class TraceExportSpec
{
    private static readonly TracingSettings Settings = new()
    {
        Enabled = true,
        OtlpEndpoint = "http://127.0.0.1:1/v1/traces",
        OtlpProtocol = OtlpProtocol.HttpProtobuf,
        ServiceName = "edge",
        SampleRatio = 1,
    };

    [Fact]
    public async Task Spans_arrive_at_the_collector()
    {
        var received = new TaskCompletionSource<byte[]>();
        await using var collector = await EmbeddedWebServer.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), _ => { }, app => app.MapPost("/v1/traces", async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received.TrySetResult(body.ToArray());
        }), default);
        var settings = Settings with { OtlpEndpoint = new Uri(collector.Addresses[0], "/v1/traces").ToString() };

        using (TraceExport.Start(settings, "1.2.3"))
        {
            var tracing = new RequestTracing(TimeProvider.System);
            var exchange = Exchanges.Completed();
            tracing.Started(exchange);
            tracing.OnCompleted(exchange);
        }

        var sent = Encoding.Latin1.GetString(await received.Task.WaitAsync(TimeSpan.FromSeconds(15)));
        foreach (var text in (string[])["edge", "1.2.3", "GET shop", "http.response.status_code", "192.0.2.7"]) Assert.Contains(text, sent);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void The_sample_ratio_decides_for_traces_that_begin_here(double ratio, bool isTraced)
    {
        using var export = TraceExport.Start(Settings with { SampleRatio = ratio }, "1.2.3");
        var exchange = Exchanges.Completed();

        new RequestTracing(TimeProvider.System).Started(exchange);

        Assert.Equal(isTraced, exchange.Record.Span is { Recorded: true });
    }

    [Fact]
    public void What_the_client_decided_is_followed()
    {
        using var export = TraceExport.Start(Settings with { SampleRatio = 0 }, "1.2.3");
        var exchange = Exchanges.Completed(fields: [("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]);

        new RequestTracing(TimeProvider.System).Started(exchange);

        Assert.True(exchange.Record.Span!.Recorded);
    }

    [Fact]
    public void Switched_off_there_is_no_export() => Assert.Null(TraceExport.Start(Settings with { Enabled = false }, "1.2.3"));
}
