using System.Collections.Immutable;
using System.Collections.ObjectModel;
using Scp.Host.Hocon.Syntax;

namespace Scp.Host.Hocon.Binding;

internal delegate Bound EntryBinder(HoconValue entry, string path, BindingContext? context);

/// <summary>Binds lists and open maps; every entry is laid over its template first. Maps keep the order of the file.</summary>
internal sealed class CollectionBinder(HoconObject root)
{
    public Bound BindList(SettingsProperty property, Type type, Type element, HoconArray list, string path, EntryBinder bind)
    {
        var items = Array.CreateInstance(element, list.Items.Length);
        var isValid = true;
        for (var i = 0; i < list.Items.Length; i++)
        {
            var here = $"{path}[{i}]";
            var (entry, context) = OverTemplate(property, list.Items[i], null);
            var bound = bind(entry, here, context);
            isValid &= bound.IsValid;
            if (bound.IsValid) items.SetValue(bound.Value, i);
        }
        return isValid ? Bound.Of(Generic(nameof(MakeList), element, type, items)) : Bound.Failed;
    }

    public Bound BindMap(SettingsProperty property, Type type, Type element, HoconObject map, string path, EntryBinder bind)
    {
        var entries = new List<KeyValuePair<string, object?>>();
        var isValid = true;
        foreach (var field in map.Fields)
        {
            var (entry, context) = OverTemplate(property, field.Value, field.Key);
            var bound = bind(entry, PathText.Append(path, field.Key), context);
            isValid &= bound.IsValid;
            entries.Add(new KeyValuePair<string, object?>(field.Key, bound.Value));
        }
        return isValid ? Bound.Of(Generic(nameof(MakeMap), element, type, entries)) : Bound.Failed;
    }

    private (HoconValue Entry, BindingContext? Context) OverTemplate(SettingsProperty property, HoconValue entry, string? name)
    {
        if (entry is not HoconObject content) return (entry, null);
        if (property.Template is null || !root.TryFindObject(property.Template.Path, out var template))
            return (entry, new BindingContext(name, entry.Origin, ""));
        return (HoconObject.Merge(template, content), new BindingContext(name, entry.Origin, template.Origin.File));
    }

    private static object? Generic(string method, Type element, params object[] arguments) =>
        typeof(CollectionBinder).GetMethod(method, System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(element).Invoke(null, arguments);

    private static object MakeList<T>(Type type, Array items) =>
        type.GetGenericTypeDefinition() == typeof(ImmutableList<>) ? ImmutableList.Create((T[])items)
        : ImmutableArray.Create((T[])items);

    private static object MakeMap<T>(Type type, List<KeyValuePair<string, object?>> entries)
    {
        var ordered = new OrderedDictionary<string, T>(StringComparer.Ordinal);
        foreach (var (key, value) in entries) ordered[key] = (T)value!;
        return type.GetGenericTypeDefinition() == typeof(ImmutableDictionary<,>)
            ? ordered.ToImmutableDictionary(StringComparer.Ordinal)
            : new ReadOnlyDictionary<string, T>(ordered);
    }
}
