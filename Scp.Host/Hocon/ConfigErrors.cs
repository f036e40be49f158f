using System.Collections.Immutable;

namespace Scp.Host.Hocon;

/// <summary>
/// Collects errors instead of throwing them. A mistake is kept once: the same sentence at the same place comes again
/// when a template with a bad value serves many entries.
/// </summary>
public sealed class ConfigErrors(int limit = 200)
{
    private readonly HashSet<(Origin, string)> seen = [];
    private readonly List<ConfigError> kept = [];

    public int Count => kept.Count;

    /// <summary>
    /// True when braces, brackets or quotes do not balance: keys may have landed in the wrong section, so binding would only add
    /// noise.
    /// </summary>
    public bool IsStructureBroken { get; private set; }

    public bool IsFull => kept.Count > limit;

    public void Add(Origin origin, string path, string message)
    {
        if (IsFull || !seen.Add((origin, message))) return;
        kept.Add(kept.Count < limit
            ? new ConfigError(origin, path, message)
            : new ConfigError(origin, "", $"there are more errors; only the first {limit} are shown"));
    }

    public void AddBrokenStructure(Origin origin, string path, string message)
    {
        IsStructureBroken = true;
        Add(origin, path, message);
    }

    public void AddRange(IEnumerable<ConfigError> errors)
    {
        foreach (var error in errors) Add(error.Origin, error.Path, error.Message);
    }

    public ImmutableArray<ConfigError> Sorted() => [.. kept.Order()];
}
