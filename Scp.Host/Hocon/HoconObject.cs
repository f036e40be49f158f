using System.Diagnostics.CodeAnalysis;
using Scp.Host.Hocon.Syntax;

namespace Scp.Host.Hocon;

/// <summary>Keys in the order of their first definition, immutable.</summary>
public sealed class HoconObject : HoconValue, IEquatable<HoconObject>
{
    private readonly OrderedDictionary<string, HoconField> fields;

    public HoconObject(Origin origin, IEnumerable<HoconField> content) : base(origin)
    {
        fields = new OrderedDictionary<string, HoconField>(StringComparer.Ordinal);
        Depth = 1;
        Weight = 2;
        foreach (var field in content)
        {
            fields[field.Key] = field;
            Depth = Math.Max(Depth, field.Value.Depth + 1);
            Weight += field.Key.Length + LineCost + field.Value.Weight;
        }
    }

    public static HoconObject Empty { get; } = new(new Origin("", 1, 1), []);

    public IReadOnlyCollection<HoconField> Fields => fields.Values;

    internal override int Depth { get; }
    internal override long Weight { get; }
    public override string Noun => "an object";

    public bool TryGet(string key, out HoconField field) => fields.TryGetValue(key, out field);

    /// <summary>Walks a dotted path, in which keys with special characters are in quotes; a missing step answers null.</summary>
    public HoconValue? Find(string path) => Find(PathText.Split(path));

    /// <summary>Walks from key to key; a missing step answers null.</summary>
    public HoconValue? Find(IEnumerable<string> keys)
    {
        HoconValue? at = this;
        foreach (var key in keys)
            at = at is HoconObject here && here.TryGet(key, out var field) ? field.Value : null;
        return at;
    }

    public bool TryFindObject(string path, [NotNullWhen(true)] out HoconObject? found)
    {
        found = path.Length == 0 ? this : Find(path) as HoconObject;
        return found is not null;
    }

    /// <summary>The spec's object merge: keys of <paramref name="over"/> win, objects merge, everything else is replaced.</summary>
    public static HoconObject Merge(HoconObject under, HoconObject over)
    {
        var merged = new OrderedDictionary<string, HoconField>(under.fields, StringComparer.Ordinal);
        foreach (var (key, field) in over.fields)
        {
            merged[key] = under.fields.TryGetValue(key, out var below)
                && below.Value is HoconObject belowObject && field.Value is HoconObject overObject
                    ? field with { Value = Merge(belowObject, overObject) }
                    : field;
        }
        return new HoconObject(over.Origin, merged.Values);
    }

    public bool Equals(HoconObject? other)
    {
        if (other is null || fields.Count != other.fields.Count) return false;
        if (ReferenceEquals(this, other)) return true;
        foreach (var (key, field) in fields)
            if (!other.fields.TryGetValue(key, out var theirs) || !field.Value.Equals(theirs.Value)) return false;
        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as HoconObject);
    public override int GetHashCode() => fields.Count;
}
