namespace Scp.Streams.Telemetry;

/// <summary>How spans are sent (OTLP).</summary>
public enum OtlpProtocol
{
    Grpc,
    HttpProtobuf,
}

/// <summary>Tracing (scp.tracing): one span for each request, exported with OTLP. Defaults and reasons are in reference.conf.</summary>
public sealed record TracingSettings
{
    public required bool Enabled { get; init; }

    /// <summary>The collector, e.g. http://127.0.0.1:4317.</summary>
    public required string OtlpEndpoint { get; init; }

    public required OtlpProtocol OtlpProtocol { get; init; }

    /// <summary>service.name of the spans.</summary>
    public required string ServiceName { get; init; }

    /// <summary>Share of traces that begin here and are recorded, 0 to 1. A client's decision in traceparent is followed.</summary>
    public required double SampleRatio { get; init; }
}
