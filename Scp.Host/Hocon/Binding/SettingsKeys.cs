namespace Scp.Host.Hocon.Binding;

/// <summary>A key of a settings type: its full path, with <c>*</c> for names the user chooses, and its property.</summary>
internal readonly record struct SettingsKey(string Path, SettingsProperty Property);

/// <summary>Lists the keys below a settings type.</summary>
public static class SettingsKeys
{
    /// <summary>The open maps of a settings type, for <see cref="HoconLoader.Load"/>.</summary>
    public static IReadOnlyCollection<OpenMapPath> OpenMaps(Type root, string path) =>
        [.. Walk(root, path).Where(IsOpenMap).Select(key => new OpenMapPath(key.Path, key.Property.EntryNoun))];

    /// <summary>All keys, outer before inner. A record that contains itself is entered once.</summary>
    internal static IEnumerable<SettingsKey> Walk(Type root, string path) => Walk(root, path, []);

    /// <summary>The templates that maps and lists below a type refer to, with the record that fits each.</summary>
    internal static IReadOnlyDictionary<string, Type> Templates(Type root, string path)
    {
        var templates = new Dictionary<string, Type>(StringComparer.Ordinal);
        foreach (var key in Walk(root, path))
        {
            if (key.Property.Template is not { } template) continue;
            _ = SettingsShape.KindOf(key.Property.Type, out var element);
            templates[template.Path] = element;
        }
        return templates;
    }

    private static IEnumerable<SettingsKey> Walk(Type record, string path, HashSet<Type> entered)
    {
        if (!entered.Add(record)) yield break;
        foreach (var property in SettingsShape.Of(record).Properties.Where(property => !property.IsEntryName))
        {
            var here = path.Length == 0 ? property.Key : $"{path}.{property.Key}";
            yield return new SettingsKey(here, property);
            var kind = SettingsShape.KindOf(property.Type, out var element);
            if (kind is ShapeKind.Map or ShapeKind.List) here += ".*";
            if (SettingsShape.KindOf(element, out _) != ShapeKind.Record) continue;
            foreach (var key in Walk(element, here, entered)) yield return key;
        }
        entered.Remove(record);
    }

    private static bool IsOpenMap(SettingsKey key) => SettingsShape.KindOf(key.Property.Type, out _) == ShapeKind.Map;
}
