namespace Scp.Streams.Telemetry;

public enum MetricKind : byte
{
    /// <summary>Only rises, from 0 at the start of the process.</summary>
    Counter,

    /// <summary>Rises and falls.</summary>
    Gauge,

    /// <summary>How many observations fell at or under each bound.</summary>
    Histogram,
}

/// <summary>One metric with all its label sets. It is read when somebody asks for it, never pushed.</summary>
/// <param name="Name">Dotted, without unit and suffix: "scp.request.duration".</param>
/// <param name="Kind">What its values mean.</param>
/// <param name="Unit">"s", "By" for bytes, or empty for a count.</param>
/// <param name="Help">One sentence.</param>
/// <param name="Read">The values of now.</param>
public sealed record MetricFamily(string Name, MetricKind Kind, string Unit, string Help, Func<IEnumerable<MetricPoint>> Read);

/// <summary>The value of one label set.</summary>
/// <param name="Value">The value; not used by a histogram.</param>
/// <param name="Labels">The labels in the order in which they are written.</param>
/// <param name="Histogram">The distribution when the family is a histogram.</param>
public readonly record struct MetricPoint(double Value, KeyValuePair<string, object?>[] Labels, Distribution? Histogram = null);

/// <param name="Bounds">Upper bounds, inclusive and rising, without infinity.</param>
/// <param name="Counts">Observations in each bucket, not cumulated; one more than there are bounds.</param>
/// <param name="Sum">Sum of all observations.</param>
public sealed record Distribution(IReadOnlyList<double> Bounds, IReadOnlyList<long> Counts, double Sum);
