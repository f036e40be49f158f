using System.Collections.Immutable;

namespace Scp.Actors.Health;

/// <summary>
/// What is remembered of all backends of a node: at most one record for each, at most <see cref="Most"/>. Immutable and pure; the journal's
/// actors are its shell.
/// </summary>
public sealed class RememberedBackends
{
    /// <summary>Records beyond it push out the oldest: ten times the backends that one node is built for.</summary>
    public const int Most = 100_000;

    public static readonly RememberedBackends None = new(ImmutableDictionary<(string Pool, string Backend), RememberedBackend>.Empty);

    private readonly ImmutableDictionary<(string Pool, string Backend), RememberedBackend> _records;

    private RememberedBackends(ImmutableDictionary<(string Pool, string Backend), RememberedBackend> records) => _records = records;

    public int Count => _records.Count;

    public IEnumerable<RememberedBackend> All => _records.Values;

    public static RememberedBackends Of(IEnumerable<RememberedBackend> records) => new(
        records.Where(r => !r.IsUnremarkable).GroupBy(r => (r.Pool, r.Backend))
            .ToImmutableDictionary(same => same.Key, same => same.MaxBy(r => r.At)!));

    public RememberedBackend? Find(string pool, string backend) => _records.GetValueOrDefault((pool, backend));

    /// <summary>
    /// Whether a fact is worth writing: it is not when nothing is remembered and there is nothing to remember, and not when the same is
    /// remembered already. Said again much later it is written after all, so that what still holds does not grow old.
    /// </summary>
    /// <param name="fact">The newest fact of a backend.</param>
    /// <param name="renewAfter">From which age on the same fact is written again.</param>
    /// <returns>The event, or null.</returns>
    public RememberedBackend? Decide(RememberedBackend fact, TimeSpan renewAfter)
    {
        var known = Find(fact.Pool, fact.Backend);
        if (known is null) return fact.IsUnremarkable ? null : fact;
        return SaysTheSame(known, fact) && fact.At - known.At < renewAfter ? null : fact;
    }

    /// <summary>The state after an event. One that makes its backend unremarkable removes the record.</summary>
    public RememberedBackends Apply(RememberedBackend happened)
    {
        var key = (happened.Pool, happened.Backend);
        if (happened.IsUnremarkable) return new RememberedBackends(_records.Remove(key));
        var records = _records.SetItem(key, happened);
        if (records.Count > Most) records = records.Remove(records.MinBy(r => r.Value.At).Key);
        return new RememberedBackends(records);
    }

    /// <summary>Without what is older than that.</summary>
    public RememberedBackends Since(DateTimeOffset oldest)
    {
        var old = _records.Where(r => r.Value.At < oldest).Select(r => r.Key).ToList();
        return old.Count == 0 ? this : new RememberedBackends(_records.RemoveRange(old));
    }

    private static bool SaysTheSame(RememberedBackend known, RememberedBackend fact) =>
        known with { At = fact.At, Transition = fact.Transition } == fact;
}
