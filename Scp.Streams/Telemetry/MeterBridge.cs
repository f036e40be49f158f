using System.Diagnostics.Metrics;

namespace Scp.Streams.Telemetry;

/// <summary>
/// Shows the families as observable instruments of the meter "Scp", for dotnet-counters and for any OpenTelemetry exporter. There is
/// no observable histogram in .NET: a histogram becomes counters ".bucket" (label le, cumulative), ".count" and ".sum".
/// </summary>
public sealed class MeterBridge : IDisposable
{
    public const string MeterName = "Scp";

    internal Meter Meter { get; } = new(MeterName);

    public MeterBridge(IEnumerable<MetricFamily> families)
    {
        foreach (var family in families)
        {
            switch (family.Kind)
            {
                case MetricKind.Counter:
                    Meter.CreateObservableCounter(family.Name, () => Values(family), family.Unit, family.Help);
                    break;
                case MetricKind.Gauge:
                    Meter.CreateObservableGauge(family.Name, () => Values(family), family.Unit, family.Help);
                    break;
                default:
                    Meter.CreateObservableCounter(family.Name + ".bucket", () => Buckets(family), "", family.Help);
                    Meter.CreateObservableCounter(family.Name + ".count", () => Counts(family), "", family.Help);
                    Meter.CreateObservableCounter(family.Name + ".sum", () => Sums(family), family.Unit, family.Help);
                    break;
            }
        }
    }

    public void Dispose() => Meter.Dispose();

    private static IEnumerable<Measurement<double>> Values(MetricFamily family) =>
        family.Read().Select(point => new Measurement<double>(point.Value, point.Labels));

    private static IEnumerable<Measurement<long>> Counts(MetricFamily family) =>
        family.Read().Select(point => new Measurement<long>(point.Histogram!.Counts.Sum(), point.Labels));

    private static IEnumerable<Measurement<double>> Sums(MetricFamily family) =>
        family.Read().Select(point => new Measurement<double>(point.Histogram!.Sum, point.Labels));

    private static IEnumerable<Measurement<long>> Buckets(MetricFamily family)
    {
        foreach (var point in family.Read())
        {
            var below = 0L;
            for (var i = 0; i < point.Histogram!.Counts.Count; i++)
            {
                below += point.Histogram.Counts[i];
                var bound = i < point.Histogram.Bounds.Count ? point.Histogram.Bounds[i] : double.PositiveInfinity;
                yield return new Measurement<long>(below, [.. point.Labels, new("le", bound)]);
            }
        }
    }
}
