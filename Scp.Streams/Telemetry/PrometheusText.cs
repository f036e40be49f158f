using System.Globalization;
using System.Text;

namespace Scp.Streams.Telemetry;

/// <summary>
/// Writes metric families in the Prometheus text exposition format 0.0.4. "scp.request.duration" in seconds becomes
/// scp_request_duration_seconds with _bucket, _sum and _count; a counter ends in _total.
/// </summary>
public static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IEnumerable<MetricFamily> families)
    {
        var text = new StringBuilder(16 * 1024);
        foreach (var family in families) Write(text, family);
        return text.ToString();
    }

    private static void Write(StringBuilder text, MetricFamily family)
    {
        var name = NameOf(family);
        text.Append("# HELP ").Append(name).Append(' ').Append(Escape(family.Help, quotes: false)).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(TypeOf(family.Kind)).Append('\n');
        foreach (var point in family.Read())
        {
            if (family.Kind == MetricKind.Histogram) WriteHistogram(text, name, point);
            else Sample(text, name, point.Labels, null, point.Value);
        }
    }

    private static string TypeOf(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Gauge => "gauge",
        _ => "histogram",
    };

    private static void WriteHistogram(StringBuilder text, string name, MetricPoint point)
    {
        var distribution = point.Histogram!;
        var below = 0L;
        for (var i = 0; i < distribution.Counts.Count; i++)
        {
            below += distribution.Counts[i];
            Sample(text, name + "_bucket", point.Labels, i < distribution.Bounds.Count ? Number(distribution.Bounds[i]) : "+Inf", below);
        }

        Sample(text, name + "_sum", point.Labels, null, distribution.Sum);
        Sample(text, name + "_count", point.Labels, null, below);
    }

    private static void Sample(StringBuilder text, string name, KeyValuePair<string, object?>[] labels, string? bound, double value)
    {
        text.Append(name);
        if (labels.Length > 0 || bound is not null)
        {
            text.Append('{');
            foreach (var (label, labelValue) in labels)
                text.Append(label).Append("=\"").Append(Escape(labelValue?.ToString() ?? "", quotes: true)).Append("\",");
            if (bound is not null) text.Append("le=\"").Append(bound).Append('"');
            else text.Length--;
            text.Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string NameOf(MetricFamily family)
    {
        var unit = family.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => "",
        };
        return family.Name.Replace('.', '_') + unit + (family.Kind == MetricKind.Counter ? "_total" : "");
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Escape(string text, bool quotes)
    {
        text = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
    }
}
