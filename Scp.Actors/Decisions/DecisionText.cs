using System.Globalization;
using System.Text;
using Scp.Actors.Routing;
using Scp.Streams.Balancing;
using Scp.Streams.Decisions;

namespace Scp.Actors.Decisions;

/// <summary>Prints a <see cref="DecisionTrace"/> for people. Pure.</summary>
public static class DecisionText
{
    /// <summary>Lines for routes that did not match, and for backends; a table may hold thousands.</summary>
    private const int MostRows = 50;

    public static string Render(DecisionTrace trace)
    {
        var text = new StringBuilder();
        text.Append($"{trace.Method} {trace.Target}{(trace.Host.Length > 0 ? $" for {trace.Host}" : "")} on listener {trace.Listener}\n");
        text.Append($"  {trace.Summary}\n");
        Routes(text, trace);
        Changes(text, trace.Changes);
        if (trace.Pick is { } pick) Pick(text, pick);
        if (trace.Forward is { } forward)
        {
            Message(text, "sent to the backend", $"{forward.Method} {forward.Target}", forward.Fields);
            Retries(text, forward.Retries);
        }

        if (trace.Answer is { } answer)
            Message(text, "answer", answer.Explanation is null ? $"{answer.Status}" : $"{answer.Status} {answer.Error}: {answer.Explanation}", answer.Fields);
        return text.ToString();
    }

    private static void Routes(StringBuilder text, DecisionTrace trace)
    {
        text.Append($"\nroute: {trace.Route ?? "none"}\n");
        var rows = trace.Candidates.Take(MostRows).Select(c => new[] { Mark(c.Verdict == RouteVerdict.Matched), c.Route, c.Host, c.Path, c.Reason });
        Table(text, rows, trace.Candidates.Count);
    }

    private static void Changes(StringBuilder text, IReadOnlyList<HeadChange> changes)
    {
        if (changes.Count == 0) return;
        text.Append("\nchanges on the way:\n");
        Table(text, changes.Select(c => new[] { "", PhaseOf(c.Phase), c.Part, Change(c) }), changes.Count);
    }

    private static string Change(HeadChange change) =>
        change.Before is null ? $"+ {change.After}" : change.After is null ? $"- {change.Before}" : $"{change.Before} -> {change.After}";

    private static void Pick(StringBuilder text, PickTrace pick)
    {
        text.Append($"\npool {pick.Pool}: {pick.Policy}, seed {pick.Seed}: {pick.Picked ?? $"no backend ({Words(pick.Refusal)})"}\n");
        if (pick.Session is { } session)
            text.Append($"  session of {session.Backend}{(session.Refusal is null ? "" : $", which does not take it: {session.Refusal}")}\n");
        if (pick.Subset is { } subset)
        {
            var labels = string.Join(", ", subset.Labels.Select(l => $"{l.Key}={l.Value}"));
            text.Append($"  subset {labels}: {subset.Members} of {pick.Backends.Count}{(subset.FellBack ? ", so all are used" : "")}\n");
        }

        foreach (var tier in pick.Tiers) Tier(text, tier);
        Table(text, pick.Backends.Take(MostRows).Select(b => RowOf(b)), pick.Backends.Count);
    }

    private static void Tier(StringBuilder text, TierTrace tier)
    {
        text.Append(CultureInfo.InvariantCulture, $"  tier {tier.Priority}: {tier.Available} of {tier.Backends} available, {tier.Share:P0} of the traffic");
        if (tier.IsPanic) text.Append($", in panic: {tier.Candidates} get requests");
        text.Append(tier.Order switch { 0 => "\n", 1 => ", drawn\n", var n => $", asked {n}.\n" });
    }

    private static string[] RowOf(BackendTrace backend)
    {
        var limit = backend.Limit is { } most ? $"/{most}" : "";
        var warmth = backend.Warmth < 1 ? string.Create(CultureInfo.InvariantCulture, $", warm to {backend.Warmth:P0}") : "";
        return
        [
            Mark(backend.Verdict == BackendVerdict.Taken), backend.Name, backend.Name == backend.Address ? "" : backend.Address,
            $"tier {backend.Priority}, weight {backend.Weight}",
            $"{Words(backend.Health)}, {Words(backend.Administrative)}, circuit {Words(backend.Circuit)}{warmth}",
            $"{backend.Active}{limit} active", backend.Why,
        ];
    }

    private static void Message(StringBuilder text, string title, string first, IReadOnlyList<string> fields)
    {
        text.Append($"\n{title}: {first}\n");
        foreach (var field in fields) text.Append($"  {field}\n");
    }

    private static void Retries(StringBuilder text, RetryTrace retries)
    {
        text.Append($"\nif it fails there: {retries.Attempts} attempts in all, {(retries.IsIdempotent ? "idempotent" : "not idempotent")}\n");
        var rows = retries.Cases.Select(c => new[] { "", c.After, Words(c.Then) + (c.TakesBudget ? ", under the budget" : "") });
        Table(text, rows, retries.Cases.Count);
    }

    private static void Table(StringBuilder text, IEnumerable<string[]> rows, int count)
    {
        var lines = rows.ToList();
        if (lines.Count == 0) return;
        var widths = Enumerable.Range(0, lines[0].Length).Select(column => lines.Max(l => l[column].Length)).ToArray();
        foreach (var line in lines)
        {
            var cells = line.Select((cell, column) => (cell, column)).Where(c => widths[c.column] > 0).Select(c => c.cell.PadRight(widths[c.column]));
            text.Append("  ").Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }

        if (count > lines.Count) text.Append($"  and {count - lines.Count} more\n");
    }

    private static string Mark(bool isChosen) => isChosen ? "*" : " ";

    private static string PhaseOf(WalkPhase phase) => phase switch
    {
        WalkPhase.DownstreamFilters => "fields.downstream",
        WalkPhase.UpstreamFilters => "fields.upstream",
        WalkPhase.Gateway => "gateway and rewrite",
        _ => "dispatch",
    };

    /// <summary>"HalfOpen" is "half open".</summary>
    private static string Words<T>(T value)
        where T : struct, Enum =>
        string.Concat(value.ToString().Select((c, i) => char.IsUpper(c) ? (i > 0 ? " " : "") + char.ToLowerInvariant(c) : $"{c}"));
}
