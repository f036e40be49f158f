using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Scp.Streams.Telemetry;

namespace Scp.Host.Telemetry;

/// <summary>Sends the spans of <see cref="RequestTracing"/> to an OTLP collector, in batches from a thread of its own.</summary>
internal static class TraceExport
{
    /// <summary>Starts the export; null when tracing is off, and then no span is ever made. Disposing sends what is left.</summary>
    public static TracerProvider? Start(TracingSettings settings, string version)
    {
        if (!settings.Enabled) return null;
        return Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService(settings.ServiceName, serviceVersion: version))
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(settings.SampleRatio)))
            .AddSource(RequestTracing.SourceName)
            .AddOtlpExporter(exporter =>
            {
                exporter.Endpoint = new Uri(settings.OtlpEndpoint);
                exporter.Protocol = settings.OtlpProtocol == OtlpProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
            })
            .Build();
    }
}
