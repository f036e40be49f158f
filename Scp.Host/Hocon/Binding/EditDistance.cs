namespace Scp.Host.Hocon.Binding;

/// <summary>Finds the name that was probably meant: insertions, deletions, replacements and swapped neighbours count one each.</summary>
internal static class EditDistance
{
    /// <summary>The nearest candidate that is near enough to be a typing mistake; null when there is none.</summary>
    public static string? Nearest(string name, IEnumerable<string> candidates)
    {
        if (name.Length > 100) return null;
        var allowed = Math.Max(1, name.Length / 3);
        return candidates.Select(candidate => (candidate, distance: Between(name, candidate)))
            .Where(pair => pair.distance <= allowed)
            .OrderBy(pair => pair.distance).ThenBy(pair => pair.candidate, StringComparer.Ordinal)
            .FirstOrDefault().candidate;
    }

    public static int Between(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) table[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) table[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(replaced, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }
        }
        return table[a.Length, b.Length];
    }
}
