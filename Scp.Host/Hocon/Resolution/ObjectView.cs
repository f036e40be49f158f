namespace Scp.Host.Hocon.Resolution;

/// <summary>
/// What a slot turned out to be: a value, nothing (<see cref="IsUndefined"/>), or an object made of the child slots'
/// definitions between <see cref="After"/> and <see cref="Before"/> and of objects that substitutions brought in.
/// </summary>
internal sealed class ObjectView
{
    public HoconValue? Value { get; init; }
    public bool IsObject { get; init; }
    public bool IsUndefined => Value is null && !IsObject;

    public int After { get; init; }
    public int Before { get; init; }
    public Origin Origin { get; init; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<(int Sequence, HoconObject Content)> Brought { get; init; } = [];

    public static ObjectView Of(HoconValue? value) => new() { Value = value };

    /// <summary>What the brought objects say about one key.</summary>
    public List<Inherited> InheritedBy(string key)
    {
        var inherited = new List<Inherited>();
        foreach (var (sequence, content) in Brought)
            if (content.TryGet(key, out var field)) inherited.Add(new Inherited(sequence, field));
        return inherited;
    }
}

/// <summary>A field that came to a slot through a substitution one level up.</summary>
internal readonly record struct Inherited(int Sequence, HoconField Field);
