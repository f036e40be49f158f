using Scp.Host.Hocon;
using Scp.Host.Hocon.Binding;

namespace Scp.Tests.Host.Hocon;

/// <summary>Holds a settings type and reference.conf together: same keys on both sides, a comment above each.</summary>
public static class ReferenceKeys
{
    /// <summary>One sentence per difference; empty when the two agree. Open maps and lists are compared through their templates.</summary>
    public static IReadOnlyList<string> Compare(Type root, string path, HoconObject reference)
    {
        var differences = new List<string>();
        var templates = SettingsKeys.Templates(root, path);
        if (reference.Find(path) is HoconObject content) Compare(root, path, content, [.. templates.Keys], differences);
        else differences.Add($"{path} is missing in the reference");
        foreach (var (template, type) in templates)
        {
            if (reference.Find(template) is not HoconObject entry) differences.Add($"the template {template} is missing in the reference");
            else if (SettingsShape.KindOf(type, out _) == ShapeKind.Record) Compare(type, template, entry, [], differences);
        }
        return differences;
    }

    /// <summary>Keys of the text without a comment on the line above.</summary>
    public static IReadOnlyList<string> Uncommented(string text)
    {
        var result = HoconLoader.Load([HoconSource.FromText("reference.conf", text)], _ => "");
        var lines = text.Split('\n');
        return [.. Fields(result.Root, "").Where(entry => entry.Field.KeyOrigin.Line < 2
            || !IsComment(lines[entry.Field.KeyOrigin.Line - 2]))
            .Select(entry => $"{entry.Path} (line {entry.Field.KeyOrigin.Line}) has no comment above it")];
    }

    private static void Compare(Type record, string path, HoconObject content, IReadOnlyList<string> templates, List<string> differences)
    {
        var properties = SettingsShape.Of(record).Properties.Where(property => !property.IsEntryName)
            .ToDictionary(property => property.Key);
        foreach (var field in content.Fields)
            if (!properties.ContainsKey(field.Key)) CompareExtra(field, $"{path}.{field.Key}", record, templates, differences);
        foreach (var (key, property) in properties)
        {
            var here = $"{path}.{key}";
            if (property.Range is { } range) CompareRange(record, property, [range.Min, range.Max], differences);
            if (!content.TryGet(key, out var field))
            {
                differences.Add($"{record.Name}.{property.Property.Name} has no key {here} in the reference");
                continue;
            }
            var kind = SettingsShape.KindOf(property.Type, out var element);
            if (kind == ShapeKind.Record && field.Value is HoconObject nested) Compare(property.Type, here, nested, templates, differences);
            if (kind is ShapeKind.Map or ShapeKind.List && property.Template is null
                && SettingsShape.KindOf(element, out _) == ShapeKind.Record)
                differences.Add($"{record.Name}.{property.Property.Name} holds records but has no [Template]");
        }
    }

    /// <summary>A bound that does not read as the property's type would throw when the first user sets the key.</summary>
    private static void CompareRange(Type record, SettingsProperty property, string[] bounds, List<string> differences)
    {
        _ = SettingsShape.KindOf(property.Type, out var type);
        foreach (var bound in bounds)
            if (ScalarReader.Read(property, type, bound) is null) differences.Add($"{record.Name}.{property.Property.Name} has the bound '{bound}', which is not {ScalarReader.Expectation(property, type)}");
    }

    private static void CompareExtra(HoconField field, string path, Type record, IReadOnlyList<string> templates, List<string> differences)
    {
        if (templates.Contains(path)) return;
        if (field.Value is HoconObject nested && templates.Any(template => template.StartsWith(path + ".", StringComparison.Ordinal)))
        {
            foreach (var inner in nested.Fields) CompareExtra(inner, $"{path}.{inner.Key}", record, templates, differences);
            return;
        }
        differences.Add($"{path} in the reference is bound to no property of {record.Name}");
    }

    private static IEnumerable<(string Path, HoconField Field)> Fields(HoconObject content, string path) =>
        content.Fields.SelectMany(field => field.Value is HoconObject nested
            ? Fields(nested, $"{path}{field.Key}.").Prepend(($"{path}{field.Key}", field))
            : [($"{path}{field.Key}", field)]);

    private static bool IsComment(string line) => line.TrimStart() is ['#', ..] or ['/', '/', ..];
}
