using Scp.Streams.Dispatch;

namespace Scp.Streams.Telemetry;

/// <summary>The label "outcome" of scp.upstream.retries: the name of a <see cref="RetryReason"/> in kebab-case, "budget-exhausted".</summary>
internal static class RetryOutcome
{
    private static readonly string[] Texts = [.. Enum.GetNames<RetryReason>().Select(Kebab)];

    public static int Count => Texts.Length;

    public static IEnumerable<MetricPoint> Points(StripedCounters counters, int first, KeyValuePair<string, object?>[] labels)
    {
        for (var reason = 0; reason < Count; reason++)
            if (counters.Read(first + reason) is var count and > 0)
                yield return new MetricPoint(count, [.. labels, new("outcome", Texts[reason])]);
    }

    private static string Kebab(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : $"{c}"));
}
