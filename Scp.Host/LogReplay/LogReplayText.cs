using System.Globalization;
using System.Text;

namespace Scp.Host.LogReplay;

/// <summary>Prints a <see cref="LogReplayReport"/> for people. Pure.</summary>
internal static class LogReplayText
{
    private const int MostGroups = 50;

    public static string Render(LogReplayReport report)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{report.Lines:N0} lines, {report.Compared:N0} requests compared: ");
        text.Append(CultureInfo.InvariantCulture, $"{report.Same:N0} the same, {report.Compared - report.Same:N0} different.\n");
        foreach (var (reason, count) in report.Skipped.OrderByDescending(s => s.Value))
            text.Append(CultureInfo.InvariantCulture, $"{count:N0} left out: {reason}.\n");
        if (report.Bad.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $"{report.Bad.Count:N0} bad lines, the first is line {report.Bad.FirstLine}: {report.Bad.Reason}.\n");
        Differences(text, report.Differences);
        foreach (var pool in report.Pools) Shares(text, pool);
        text.Append("\nwhat this cannot tell:\n");
        foreach (var sentence in report.Unpredictable) text.Append($"  {sentence}\n");
        return text.ToString();
    }

    private static void Differences(StringBuilder text, IReadOnlyList<DifferenceGroup> groups)
    {
        foreach (var kind in groups.GroupBy(g => g.Kind).OrderBy(g => g.Key))
        {
            text.Append($"\n{TitleOf(kind.Key)}:\n");
            foreach (var group in kind.Take(MostGroups))
                text.Append(CultureInfo.InvariantCulture, $"  {group.Before} -> {group.After}: {group.Count:N0}, as line {group.Line}: {group.Example}\n");
            if (kind.Count() > MostGroups) text.Append($"  and {kind.Count() - MostGroups} more\n");
        }
    }

    private static void Shares(StringBuilder text, PoolShares pool)
    {
        text.Append(CultureInfo.InvariantCulture, $"\npool {pool.Pool}: {pool.Before:N0} -> {pool.After:N0} requests\n");
        var rows = pool.Backends.Take(MostGroups).ToList();
        var width = rows.Max(b => b.Backend.Length);
        foreach (var backend in rows)
            text.Append($"  {backend.Backend.PadRight(width)}  {Percent(backend.Before, pool.Before)} -> {Percent(backend.After, pool.After)}\n");
        if (pool.Backends.Count > rows.Count) text.Append($"  and {pool.Backends.Count - rows.Count} more\n");
    }

    private static string Percent(long part, long whole) =>
        whole == 0 ? "     -" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole,5:F1}%");

    private static string TitleOf(DifferenceKind kind) => kind switch
    {
        DifferenceKind.Route => "another route",
        DifferenceKind.Pool => "another pool",
        DifferenceKind.Answer => "another answer",
        _ => "another host or target for the backend",
    };
}
