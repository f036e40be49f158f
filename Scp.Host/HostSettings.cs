using Scp.Actors.Configuration;
using Scp.Actors.Health;
using Scp.Host.Admin;
using Scp.Host.Demo;
using Scp.Streams.Telemetry;

namespace Scp.Host;

/// <summary>Everything under <c>scp</c>: one property for each section of reference.conf.</summary>
internal sealed record HostSettings : ProxySettings
{
    public required PersistenceSettings Persistence { get; init; }

    public required TransportSettings Transport { get; init; }

    public required AccessLogSettings AccessLog { get; init; }

    public required MetricsSettings Metrics { get; init; }

    public required TracingSettings Tracing { get; init; }

    public required AdminSettings Admin { get; init; }

    public required DemoSettings Demo { get; init; }
}
