namespace Scp.Actors.Health;

/// <summary>
/// Facts that the database does not have yet. A newer fact of a backend replaces the older one, so however long the database is away there
/// is at most one for each backend. Not thread-safe: it belongs to its actor.
/// </summary>
/// <param name="most">Backends at once; beyond it the fact that waited longest is dropped.</param>
internal sealed class UnwrittenFacts(int most)
{
    private readonly LinkedList<RememberedBackend> _order = [];
    private readonly Dictionary<(string Pool, string Backend), LinkedListNode<RememberedBackend>> _facts = [];

    public int Count => _facts.Count;

    public bool Contains(string pool, string backend) => _facts.ContainsKey((pool, backend));

    /// <returns>False when another fact had to go for it.</returns>
    public bool Add(RememberedBackend fact)
    {
        var key = (fact.Pool, fact.Backend);
        if (_facts.TryGetValue(key, out var older))
        {
            older.Value = fact; // it keeps its place: a backend that flaps must not wait for ever
            return true;
        }

        var fits = _facts.Count < most;
        if (!fits) Remove(_order.First!);
        _facts[key] = _order.AddLast(fact);
        return fits;
    }

    /// <summary>The facts that waited longest.</summary>
    public IReadOnlyList<RememberedBackend> Next(int size) => [.. _order.Take(size)];

    /// <summary>These were written. What replaced one of them meanwhile stays.</summary>
    public void Written(IEnumerable<RememberedBackend> facts)
    {
        foreach (var fact in facts)
            if (_facts.TryGetValue((fact.Pool, fact.Backend), out var node) && ReferenceEquals(node.Value, fact)) Remove(node);
    }

    private void Remove(LinkedListNode<RememberedBackend> node)
    {
        _facts.Remove((node.Value.Pool, node.Value.Backend));
        _order.Remove(node);
    }
}
