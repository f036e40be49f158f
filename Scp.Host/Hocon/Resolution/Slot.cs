namespace Scp.Host.Hocon.Resolution;

/// <summary>A path of the configuration with everything that was ever said about it, oldest first.</summary>
internal sealed class Slot(Slot? parent, string key)
{
    public static Slot Nothing { get; } = new(null, "");

    private Dictionary<string, Slot>? children;

    public Slot? Parent { get; } = parent;
    public string Key { get; } = key;
    public List<Definition> Definitions { get; } = [];
    public IReadOnlyCollection<Slot> Children => children is null ? [] : children.Values;

    public Slot? Find(string child) => children is not null && children.TryGetValue(child, out var found) ? found : null;

    public Slot Child(string child)
    {
        children ??= new Dictionary<string, Slot>(StringComparer.Ordinal);
        if (!children.TryGetValue(child, out var found)) children[child] = found = new Slot(this, child);
        return found;
    }

    /// <summary>Index of the first definition at or after a sequence number.</summary>
    public int IndexFrom(int sequence)
    {
        int low = 0, high = Definitions.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Definitions[middle].Sequence < sequence) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    public Slot Top => Parent is null ? this : Parent.Top;

    /// <summary>Keys from the root; a slot of an object inside a list has no path that anyone could name.</summary>
    public string[] Path()
    {
        var path = new List<string>();
        for (var at = this; at.Parent is not null; at = at.Parent) path.Add(at.Key);
        path.Reverse();
        return [.. path];
    }
}
