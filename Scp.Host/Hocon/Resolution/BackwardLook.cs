namespace Scp.Host.Hocon.Resolution;

/// <summary>One of the two: a definition of the slot, or a field that a substitution above brought.</summary>
internal readonly record struct LookStep(int Sequence, Definition? Definition, HoconField? Inherited);

/// <summary>
/// Walks over what is said about a slot, newest first, own definitions and inherited fields interleaved, and gathers the object on
/// the way.
/// </summary>
internal sealed class BackwardLook
{
    private readonly Slot slot;
    private readonly List<Inherited> inherited;
    private readonly int skipBelow;
    private readonly List<(int Sequence, HoconObject Content)> brought = [];
    private int after;
    private int before;
    private int definitionAt;
    private int inheritedAt;
    private Origin origin;
    private bool isOriginWhole;

    public BackwardLook(Slot slot, int after, int before, List<Inherited> inherited, int skipBelow)
    {
        this.slot = slot;
        this.inherited = inherited;
        this.skipBelow = skipBelow;
        this.after = after;
        this.before = before;
        definitionAt = slot.IndexFrom(before) - 1;
        inheritedAt = inherited.Count - 1;
        while (inheritedAt >= 0 && inherited[inheritedAt].Sequence >= before) inheritedAt--;
    }

    public bool HasObject { get; private set; }
    public Definition? Identity { get; private set; }

    public LookStep? Next()
    {
        var own = definitionAt >= 0 ? slot.Definitions[definitionAt].Sequence : -1;
        var other = inheritedAt >= 0 ? inherited[inheritedAt].Sequence : -1;
        var newest = Math.Max(own, other);
        if (newest <= after) return null;
        if (newest < skipBelow && HasObject)
        {
            after = newest;
            return null;
        }
        return own > other
            ? new LookStep(own, slot.Definitions[definitionAt--], null)
            : new LookStep(other, null, inherited[inheritedAt--].Field);
    }

    /// <summary>A literal object: its keys are in the child slots, only its place is noted. What else is like it is jumped over.</summary>
    public void MeetObject(Definition definition)
    {
        if (!HasObject || (definition.IsWhole && !isOriginWhole))
        {
            origin = definition.Origin;
            isOriginWhole = definition.IsWhole;
        }
        HasObject = true;
        definitionAt = isOriginWhole ? definition.PreviousValue : definition.PreviousWhole;
    }

    /// <summary>Adds a resolved value. True when it is the slot's value: not an object, and nothing newer is one.</summary>
    public bool Bring(int sequence, HoconValue value)
    {
        if (value is HoconObject content)
        {
            if (!isOriginWhole) origin = content.Origin;
            isOriginWhole = true;
            HasObject = true;
            brought.Add((sequence, content));
            return false;
        }
        if (!HasObject) return true;
        StopAt(sequence);
        return false;
    }

    public void StopAt(int sequence)
    {
        after = sequence;
        definitionAt = inheritedAt = -1;
    }

    /// <summary>Only what is older counts.</summary>
    public void ForgetFrom(int floor)
    {
        before = floor;
        HasObject = isOriginWhole = false;
        Identity = null;
        brought.Clear();
        while (definitionAt >= 0 && slot.Definitions[definitionAt].Sequence >= floor) definitionAt--;
        while (inheritedAt >= 0 && inherited[inheritedAt].Sequence >= floor) inheritedAt--;
    }

    /// <summary><c>a = ${a}</c> changes nothing, unless there is nothing before it: then it is reported.</summary>
    public void SkipIdentity(Definition definition) => Identity ??= definition;

    public ObjectView AsObject()
    {
        brought.Reverse();
        return new ObjectView { IsObject = true, After = after, Before = before, Origin = origin, Brought = brought };
    }
}
