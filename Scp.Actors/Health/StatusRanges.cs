using System.Globalization;

namespace Scp.Actors.Health;

/// <summary>Statuses as people write them: "204", "200-399".</summary>
public sealed class StatusRanges
{
    private readonly List<(int From, int To)> _ranges = [];

    /// <summary>The ranges; what is none is left out, the settings are validated before.</summary>
    public static StatusRanges Parse(IEnumerable<string> texts)
    {
        var ranges = new StatusRanges();
        foreach (var text in texts)
            if (TryParse(text, out var range)) ranges._ranges.Add(range);
        return ranges;
    }

    /// <summary>One status or two with a hyphen between them, 100 to 599, the lower one first.</summary>
    public static bool TryParse(string text, out (int From, int To) range)
    {
        var hyphen = text.IndexOf('-', StringComparison.Ordinal);
        var first = hyphen < 0 ? text : text[..hyphen];
        var last = hyphen < 0 ? text : text[(hyphen + 1)..];
        range = default;
        if (!IsStatus(first, out range.From) || !IsStatus(last, out range.To)) return false;
        return range.From <= range.To;
    }

    public bool Contains(int status) => _ranges.Exists(r => status >= r.From && status <= r.To);

    private static bool IsStatus(string text, out int status) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out status) && status is >= 100 and <= 599;
}
