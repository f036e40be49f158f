namespace Scp.Host.Hocon.Binding;

/// <summary>Binds one value to the type of its property: scalar, record, list or open map.</summary>
internal sealed class ValueBinder(RecordBinder records, HoconObject root, ConfigErrors errors)
{
    private readonly CollectionBinder collections = new(root);

    public Bound Bind(SettingsProperty property, Type type, HoconValue value, string path, BindingContext context)
    {
        if (value is HoconInvalid) return Bound.Failed;
        switch (SettingsShape.KindOf(type, out var element))
        {
            case ShapeKind.Record when value is HoconObject content:
                return records.Bind(type, content, path, context);
            case ShapeKind.List when value is HoconArray list:
                return NotEmpty(property, list.Items.Length, list, path)
                    ? collections.BindList(property, type, element, list, path, BindEntry)
                    : Bound.Failed;
            case ShapeKind.List when value is HoconScalar { Kind: not ScalarKind.Null } single
                && SettingsShape.KindOf(element, out _) == ShapeKind.Scalar:
                // one value stands for a list of one
                return collections.BindList(property, type, element, new HoconArray(single.Origin, [single]), path, BindEntry);
            case ShapeKind.Map when value is HoconObject map:
                return NotEmpty(property, map.Fields.Count, map, path)
                    ? collections.BindMap(property, type, element, map, path, BindEntry)
                    : Bound.Failed;
            case ShapeKind.Tree when value is HoconObject:
                return Bound.Of(value);
            case ShapeKind.Scalar when value is HoconScalar scalar:
                return BindScalar(property, type, scalar, path);
            default:
                return Wrong(property, type, value, path, value.Noun);
        }

        Bound BindEntry(HoconValue entry, string entryPath, BindingContext? entryContext)
        {
            if (entry is HoconScalar { Kind: ScalarKind.Null }) return Wrong(property, element, entry, entryPath, "null");
            return Bind(
                property, element, entry, entryPath,
                entryContext is null ? context : entryContext with { IsTemplate = context.IsTemplate });
        }
    }

    public static string Expectation(SettingsProperty property) => Expectation(property, property.Type);

    private static string Expectation(SettingsProperty property, Type type) => SettingsShape.KindOf(type, out _) switch
    {
        ShapeKind.Record or ShapeKind.Tree => "an object: { … }",
        ShapeKind.List => "a list: [ … ]",
        ShapeKind.Map => $"an object with one entry per {property.EntryNoun}: {{ name {{ … }} }}",
        _ => ScalarReader.Expectation(property, type),
    };

    private Bound BindScalar(SettingsProperty property, Type type, HoconScalar scalar, string path)
    {
        if (property.AllowsOff && scalar.Text is ("off" or "infinite")) return Bound.Of(ScalarReader.Off(property, type));
        var read = ScalarReader.Read(property, type, scalar.Text);
        if (read is null) return Wrong(property, type, scalar, path, $"'{Shown(path, scalar.Text)}'");
        if (property.IsNotEmpty && read is "")
        {
            errors.Add(scalar.Origin, path, $"must not be empty");
            return Bound.Failed;
        }
        return IsInRange(property, type, scalar, path, read) ? Bound.Of(read) : Bound.Failed;
    }

    private bool IsInRange(SettingsProperty property, Type type, HoconScalar scalar, string path, object read)
    {
        if (property.Range is not { } range || read is not IComparable comparable) return true;
        if (comparable.CompareTo(Limit(range.Min)) >= 0 && comparable.CompareTo(Limit(range.Max)) <= 0) return true;
        errors.Add(
            scalar.Origin, path,
            $"must be from {range.Min} to {range.Max}{(property.AllowsOff ? ", or off" : "")}, not {Shown(path, scalar.Text)}");
        return false;

        object Limit(string text) => ScalarReader.Read(property, type, text)
            ?? throw new NotSupportedException(
                $"[InRange] of {property.Property.DeclaringType}.{property.Property.Name}: "
                + $"'{text}' is not {ScalarReader.Expectation(property, type)}");
    }

    private bool NotEmpty(SettingsProperty property, int count, HoconValue value, string path)
    {
        if (count > 0 || !property.IsNotEmpty) return true;
        errors.Add(value.Origin, path, $"must not be empty");
        return false;
    }

    private Bound Wrong(SettingsProperty property, Type type, HoconValue value, string path, string found)
    {
        errors.Add(value.Origin, path, $"must be {Expectation(property, type)}; not {found}");
        return Bound.Failed;
    }

    private static string Shown(string path, string text) =>
        Secrets.IsSecret(path) ? Secrets.Redacted : text.Length > 80 ? text[..80] + "…" : text;
}
