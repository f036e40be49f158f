using System.Text;

namespace Scp.Host.Cli;

/// <summary>What the banner says of a running proxy.</summary>
internal sealed record BannerModel
{
    public required string Version { get; init; }

    public required string ConfigurationFile { get; init; }

    /// <summary>Name and URL of each listener.</summary>
    public required IReadOnlyList<(string Name, string Url)> Listeners { get; init; }

    /// <summary>Name, what it matches and where it goes, in order.</summary>
    public required IReadOnlyList<(string Name, string Match, string Target)> Routes { get; init; }

    /// <summary>Name, policy, backends, and where more of them come from (empty: nowhere).</summary>
    public required IReadOnlyList<(string Name, string Policy, IReadOnlyList<string> Backends, string Discovery)> Pools { get; init; }

    /// <summary>Null when there is no admin endpoint.</summary>
    public required Uri? Admin { get; init; }

    public required IReadOnlyList<Uri> DemoOrigins { get; init; }
}

/// <summary>Renders what an operator wants to see at start: what listens, where it goes, where to look, how to stop. Pure.</summary>
internal static class Banner
{
    private const int MostRows = 5;
    private const int LabelWidth = 11;

    public static string Render(BannerModel model)
    {
        var text = new StringBuilder();
        text.Append($"SCP {model.Version}, Service Communication Proxy\n\n");
        Row(text, "config", model.ConfigurationFile);
        Rows(text, "listeners", [.. model.Listeners.Select(l => (l.Name, l.Url))]);
        Rows(text, "routes", [.. model.Routes.Select(r => (r.Name, $"{r.Match} -> {r.Target}"))]);
        Rows(text, "pools", [.. model.Pools.Select(p => (p.Name, PoolOf(p.Policy, p.Backends, p.Discovery)))]);
        if (model.DemoOrigins.Count > 0) Row(text, "demo", Shortened([.. model.DemoOrigins.Select(Plain)]));
        if (model.Admin is { } admin)
        {
            Row(text, "health", $"{Plain(admin)}/healthz  {Plain(admin)}/readyz");
            Row(text, "metrics", $"{Plain(admin)}/metrics");
        }

        text.Append("\nCtrl+C drains and stops; a second Ctrl+C stops at once.\n");
        return text.ToString();
    }

    private static string PoolOf(string policy, IReadOnlyList<string> backends, string discovery)
    {
        var count = backends.Count == 1 ? "1 backend" : $"{backends.Count} backends";
        return $"{policy}, {count}: {Shortened(backends)}{(discovery.Length > 0 ? $"; more by {discovery}" : "")}";
    }

    private static void Rows(StringBuilder text, string label, IReadOnlyList<(string Name, string Text)> rows)
    {
        if (rows.Count == 0)
        {
            Row(text, label, "none");
            return;
        }

        var width = rows.Take(MostRows).Max(r => r.Name.Length);
        for (var i = 0; i < Math.Min(rows.Count, MostRows); i++)
            Row(text, i == 0 ? label : "", $"{rows[i].Name.PadRight(width)}  {rows[i].Text}");
        if (rows.Count > MostRows) Row(text, "", $"and {rows.Count - MostRows} more");
    }

    private static void Row(StringBuilder text, string label, string value) =>
        text.Append("  ").Append(label.PadRight(LabelWidth)).Append(value).Append('\n');

    private static string Shortened(IReadOnlyList<string> names) =>
        names.Count == 0
            ? "none"
            : string.Join(", ", names.Take(MostRows)) + (names.Count > MostRows ? $" and {names.Count - MostRows} more" : "");

    private static string Plain(Uri address) => address.GetLeftPart(UriPartial.Authority);
}
