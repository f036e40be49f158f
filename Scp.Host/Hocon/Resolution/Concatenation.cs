using Scp.Host.Hocon.Syntax;

namespace Scp.Host.Hocon.Resolution;

/// <summary>
/// Joins the parts of a value: lists with lists, objects with objects, everything else as text with the white space
/// between. Optional substitutions that lead nowhere vanish.
/// </summary>
internal sealed class Concatenation(Resolver resolver, DefinitionResolver definitions, SubstitutionResolver substitutions, SizeGuard size,
    ConfigErrors errors)
{
    public HoconValue? Resolve(Definition definition, Slot slot)
    {
        var value = definition.Value!;
        if (definition.Appends) return Append(definition, value, slot);
        var resolved = Join(value);
        if (!definition.MustBeObject || resolved is null or HoconObject or HoconInvalid) return resolved;
        errors.Add(definition.Origin, definitions.CurrentPath,
            $"{value.Parts[0]} is {resolved.Noun}, but stands beside an object; it must lead to an object too");
        return new HoconInvalid(definition.Origin);
    }

    private HoconValue Append(Definition definition, SyntaxValue value, Slot slot)
    {
        var earlier = IsBelowPlainObjects(slot) ? Earlier(definition, slot) : resolver.Find(slot.Path());
        var element = Join(value);
        if (element is HoconInvalid || earlier is HoconInvalid) return new HoconInvalid(definition.Origin);
        if (earlier is not (null or HoconArray or HoconScalar { Kind: ScalarKind.Null }))
        {
            errors.Add(definition.KeyOrigin, definitions.CurrentPath,
                $"'+=' adds to a list, but the value so far is {earlier.Noun} ({earlier.Origin})");
            return new HoconInvalid(definition.Origin);
        }
        var items = earlier is HoconArray list ? list.Items.ToList() : [];
        if (element is not null) items.Add(element);
        return size.List(definition.Origin, items);
    }

    /// <summary>
    /// When no substitution above can contribute, the slot alone knows the earlier value. A row of appends is resolved from
    /// its oldest, so that its length does not count as a chain of substitutions.
    /// </summary>
    private HoconValue? Earlier(Definition definition, Slot slot)
    {
        var index = slot.IndexFrom(definition.Sequence);
        var first = index;
        while (first > 0 && slot.Definitions[first - 1] is { Appends: true, IsResolved: false }) first--;
        for (var i = first; i < index; i++) definitions.Resolve(slot.Definitions[i], slot);
        return resolver.Resolve(slot, -1, definition.Sequence, []);
    }

    /// <summary>Always true inside an object of a list, whose keys no substitution can reach.</summary>
    private static bool IsBelowPlainObjects(Slot slot)
    {
        for (var above = slot.Parent; above is not null; above = above.Parent)
            if (!above.IsPlainObject) return false;
        return true;
    }

    private HoconValue? Join(SyntaxValue value)
    {
        if (value.Parts is [var only]) return Part(only);
        var joined = new List<(HoconValue Value, bool IsSpace)>();
        foreach (var part in value.Parts)
            if (Part(part) is { } resolved) joined.Add((resolved, part is SyntaxText { IsSpace: true }));
        var values = joined.Where(entry => !entry.IsSpace).Select(entry => entry.Value).ToList();
        if (values.Count < 2 && value.Parts.TrueForAll(part => part is not SyntaxText { IsSpace: false })) return values.SingleOrDefault();
        if (values.Exists(entry => entry is HoconInvalid)) return new HoconInvalid(value.Origin);
        if (values.TrueForAll(entry => entry is HoconScalar)) return JoinText(value.Origin, joined);
        if (values.TrueForAll(entry => entry is HoconArray))
            return size.List(value.Origin, [.. values.SelectMany(entry => ((HoconArray)entry).Items)]);
        if (values.TrueForAll(entry => entry is HoconObject)) return values.Aggregate(Merge);
        var odd = values.First(entry => entry.GetType() != values[0].GetType());
        errors.Add(value.Origin, definitions.CurrentPath,
            $"{values[0].Noun} and {odd.Noun} cannot be joined into one value; put a comma or a newline between them");
        return new HoconInvalid(value.Origin);
    }

    private HoconValue Merge(HoconValue under, HoconValue over) =>
        under is HoconObject left && over is HoconObject right ? size.Merge(left, right) : new HoconInvalid(over.Origin);

    private HoconValue JoinText(Origin origin, List<(HoconValue Value, bool IsSpace)> joined) =>
        size.Text(origin, [.. joined.Select(entry => ((HoconScalar)entry.Value).Text)]);

    private HoconValue? Part(SyntaxPart part) => part switch
    {
        SyntaxText { IsQuoted: true } text => HoconScalar.FromString(text.Origin, text.Text),
        SyntaxText text => HoconScalar.FromWord(text.Origin, text.Text),
        SyntaxSubstitution substitution => substitutions.Resolve(substitution),
        SyntaxArray list => List(list),
        SyntaxObject content => Object(content),
        _ => new HoconInvalid(part.Origin),
    };

    private HoconValue List(SyntaxArray list)
    {
        if (!resolver.CanContinue(Slot.Nothing)) return new HoconInvalid(list.Origin);
        var items = new List<HoconValue>(list.Items.Count);
        foreach (var item in list.Items)
            if (Join(item) is { } value) items.Add(value);
        return size.List(list.Origin, items);
    }

    /// <summary>An object inside a list has no path: it is laid out and resolved on its own.</summary>
    private HoconValue Object(SyntaxObject content)
    {
        var layout = new SlotBuilder();
        layout.Add(content);
        return resolver.Resolve(layout.Root, -1, int.MaxValue, []) ?? new HoconInvalid(content.Origin);
    }
}
