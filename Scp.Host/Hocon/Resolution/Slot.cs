namespace Scp.Host.Hocon.Resolution;

/// <summary>A path of the configuration with everything that was ever said about it, oldest first.</summary>
internal sealed class Slot(Slot? parent, string key)
{
    public static Slot Nothing { get; } = new(null, "");

    private readonly List<Definition> definitions = [];
    private Dictionary<string, Slot>? children;

    public Slot? Parent { get; } = parent;
    public string Key { get; } = key;
    public IReadOnlyList<Definition> Definitions => definitions;
    public IReadOnlyCollection<Slot> Children => children is null ? [] : children.Values;

    /// <summary>True when nothing but literal objects was ever said.</summary>
    public bool IsPlainObject => definitions.Count == 0 || definitions[^1] is { Kind: DefinitionKind.Object, PreviousValue: < 0 };

    /// <summary>Newest definition of one kind, or null; runs of objects are jumped over.</summary>
    public Definition? Newest(DefinitionKind kind)
    {
        for (var at = definitions.Count - 1; at >= 0; at = definitions[at].PreviousValue)
            if (definitions[at].Kind == kind) return definitions[at];
        return null;
    }

    public void Add(Definition definition)
    {
        if (definitions.Count > 0)
        {
            var previous = definitions[^1];
            var at = definitions.Count - 1;
            definition.PreviousValue = previous.Kind == DefinitionKind.Object ? previous.PreviousValue : at;
            definition.PreviousWhole = previous.IsWhole ? at : previous.PreviousWhole;
        }
        definitions.Add(definition);
    }

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
