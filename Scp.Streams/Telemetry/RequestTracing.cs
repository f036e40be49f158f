using System.Diagnostics;
using System.Text;
using Scp.Streams.Errors;
using Scp.Streams.Messages;

namespace Scp.Streams.Telemetry;

/// <summary>
/// One span for each request, named and labelled after the OpenTelemetry semantic conventions for HTTP. Nobody listens: one test of a
/// field. The span lives on the exchange's record and never in Activity.Current, which would leak it to whatever runs next on the
/// graph's thread.
/// </summary>
public sealed class RequestTracing(TimeProvider time) : IExchangeObserver
{
    public const string SourceName = "Scp";

    /// <summary>Bytes of a traceparent of version 00.</summary>
    public const int TraceParentLength = 55;

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Begins the span, as soon as the request head is complete. The parent is what traceparent and tracestate say.</summary>
    public void Started(Exchange exchange)
    {
        if (!Source.HasListeners()) return;
        var fields = exchange.Request.Fields;
        ActivityContext.TryParse(fields.Text(KnownField.TraceParent), fields.Text(KnownField.TraceState), isRemote: true, out var parent);
        var current = Activity.Current;
        Activity.Current = null;
        exchange.Record.Span = Source.StartActivity(NameOf(exchange), ActivityKind.Server, parent, startTime: StartOf(exchange.Record));
        Activity.Current = current;
    }

    /// <summary>
    /// Writes the traceparent that the origin gets, so that its spans become children of this one. False when there is no span: the
    /// client's field then passes as it is.
    /// </summary>
    public static bool TryWriteTraceParent(Exchange exchange, Span<byte> destination)
    {
        if (exchange.Record.Span is not { } span || destination.Length < TraceParentLength) return false;
        Span<char> hex = stackalloc char[TraceParentLength];
        hex.Fill('-');
        "00".CopyTo(hex);
        span.TraceId.ToHexString().CopyTo(hex[3..]);
        span.SpanId.ToHexString().CopyTo(hex[36..]);
        (span.Recorded ? "01" : "00").CopyTo(hex[53..]);
        Encoding.ASCII.GetBytes(hex, destination);
        return true;
    }

    /// <summary>Ends the span.</summary>
    public void OnCompleted(Exchange exchange)
    {
        if (exchange.Record.Span is not { } span) return;
        exchange.Record.Span = null;
        if (span.IsAllDataRequested) Describe(span, exchange);
        var current = Activity.Current;
        span.Stop();
        Activity.Current = current;
    }

    private DateTimeOffset StartOf(ExchangeRecord record) =>
        record.StartedAt == 0 ? default : time.GetUtcNow() - time.GetElapsedTime(record.StartedAt);

    /// <summary>"{method}" or "{method} {route}": never the path, whose values have no bound.</summary>
    private static string NameOf(Exchange exchange)
    {
        var method = MethodOf(exchange.Request);
        return exchange.Route is { } route ? $"{method} {route.Name}" : method;
    }

    private static string MethodOf(RequestHead request) =>
        request.Method == Method.Other ? "_OTHER" : Encoding.ASCII.GetString(request.MethodBytes);

    private static void Describe(Activity span, Exchange exchange)
    {
        var request = exchange.Request;
        var record = exchange.Record;
        var target = request.ReceivedTarget;
        span.DisplayName = NameOf(exchange);
        span.SetTag("http.request.method", MethodOf(request));
        if (request.Method == Method.Other) span.SetTag("http.request.method_original", Encoding.Latin1.GetString(request.MethodBytes));
        span.SetTag("url.scheme", exchange.Connection.IsTls ? "https" : "http");
        span.SetTag("url.path", Encoding.Latin1.GetString(request.Fields.Bytes(target.Path)));
        span.SetTag("server.address", Encoding.Latin1.GetString(request.Fields.Bytes(target.Host)));
        if (target.Port != 0) span.SetTag("server.port", (int)target.Port);
        span.SetTag("client.address", exchange.Connection.RemoteText);
        span.SetTag("network.protocol.version", VersionOf(request.Version));
        if (request.Fields.Text(KnownField.UserAgent) is { } agent) span.SetTag("user_agent.original", agent);
        if (exchange.Route is { } route) span.SetTag("http.route", route.Name);
        if (record.Status > 0) span.SetTag("http.response.status_code", record.Status);
        if (record.Pool is { } pool) span.SetTag("scp.pool", pool);
        if (record.Backend is { } backend) span.SetTag("scp.backend", backend);
        if (record.Attempts > 1) span.SetTag("http.request.resend_count", record.Attempts - 1);
        DescribeError(span, record);
    }

    /// <summary>A server span is an error from 500 on; a 4xx is the client's (semantic conventions for HTTP spans, "Status").</summary>
    private static void DescribeError(Activity span, ExchangeRecord record)
    {
        if (record.Error != ProxyError.None) span.SetTag("error.type", ErrorReason.Text(record.Error));
        else if (record.Status >= 500) span.SetTag("error.type", record.Status.ToString());
        if (record.Status >= 500) span.SetStatus(ActivityStatusCode.Error);
    }

    private static string VersionOf(HttpVersion version) => version switch
    {
        HttpVersion.Http10 => "1.0",
        HttpVersion.Http2 => "2",
        _ => "1.1",
    };
}
