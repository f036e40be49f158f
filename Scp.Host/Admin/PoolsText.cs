using System.Globalization;
using System.Text;
using Scp.Streams.Balancing;

namespace Scp.Host.Admin;

/// <summary>The pools as a table for people. Pure.</summary>
internal static class PoolsText
{
    private const string Gap = "  ";

    private static readonly string[] Columns = ["BACKEND", "STATE", "WEIGHT", "TIER", "ACTIVE", "OK", "FAILED", "ADDRESS"];

    public static string Render(PoolsReport report)
    {
        if (report.Pools.Count == 0) return "There are no pools.\n";
        var text = new StringBuilder();
        foreach (var pool in report.Pools)
        {
            if (text.Length > 0) text.Append('\n');
            Append(text, pool);
        }

        return text.ToString();
    }

    /// <summary>What is remarkable of a backend: "up", "down, draining", "up, circuit half-open, warming up for 3 s".</summary>
    public static string StateOf(BackendReport backend) => string.Join(
        ", ",
        new[]
        {
            backend.Health.ToString().ToLowerInvariant(),
            backend.Administrative == AdministrativeState.Ready ? "" : backend.Administrative.ToString().ToLowerInvariant(),
            backend.Circuit switch
            {
                CircuitState.Open => "circuit open",
                CircuitState.HalfOpen => "circuit half-open",
                _ => "",
            },
            backend.WarmingMs is { } elapsed ? $"warming up for {Duration(elapsed)}" : "",
        }.Where(word => word.Length > 0));

    private static void Append(StringBuilder text, PoolReport pool)
    {
        text.Append(CultureInfo.InvariantCulture, $"{pool.Pool}: {pool.Policy}, {pool.Available} of {pool.Backends.Count} available\n");
        if (pool.Discovery is { } discovery) text.Append(Gap).Append(Describe(discovery)).Append('\n');
        if (pool.Tiers.Count > 1 || pool.Tiers.Any(t => t.Panic))
            foreach (var tier in pool.Tiers)
                text.Append(CultureInfo.InvariantCulture, $"{Gap}tier {tier.Priority}: {tier.Share * 100:0.#} % of the requests")
                    .Append(tier.Panic ? ", in panic: too few of its backends are left" : "").Append('\n');
        AppendTable(text, [Columns, .. pool.Backends.Select(Row)]);
    }

    private static string[] Row(BackendReport backend) =>
    [
        backend.Name, StateOf(backend), Number(backend.Weight), Number(backend.Priority),
        backend.Limit is { } limit ? $"{Number(backend.Active)}/{Number(limit)}" : Number(backend.Active),
        Number(backend.Successes), Number(backend.Failures), backend.Address == backend.Name ? "" : backend.Address,
    ];

    private static void AppendTable(StringBuilder text, IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, Columns.Length).Select(c => rows.Max(r => r[c].Length)).ToArray();
        foreach (var row in rows)
            text.Append(Gap).Append(string.Join(Gap, row.Select((cell, c) => cell.PadRight(widths[c]))).TrimEnd()).Append('\n');
    }

    private static string Describe(DiscoveryReport discovery)
    {
        var question = $"{discovery.Type.ToString().ToLowerInvariant()} {discovery.Name}";
        var age = discovery.AnsweredMs is { } answered ? $"{Duration(answered)} ago" : "never";
        return discovery.Failure.Length == 0
            ? $"members by {question}: {discovery.Members}, answered {age}"
            : $"members by {question}: {discovery.Members}, of an answer {age}; since then: {discovery.Failure}";
    }

    private static string Duration(long milliseconds) => milliseconds switch
    {
        < 1_000 => $"{milliseconds} ms",
        < 120_000 => $"{milliseconds / 1000} s",
        < 7_200_000 => $"{milliseconds / 60_000} min",
        _ => $"{milliseconds / 3_600_000} h",
    };

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
