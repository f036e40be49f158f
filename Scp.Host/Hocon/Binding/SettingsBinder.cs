namespace Scp.Host.Hocon.Binding;

/// <summary>
/// Binds a resolved configuration to immutable settings records by name. All errors are collected; a record with
/// errors anywhere below is null.
/// </summary>
public static class SettingsBinder
{
    public static T? Bind<T>(HoconObject root, string path, ConfigErrors errors) where T : class
    {
        if (!root.TryFindObject(path, out var content))
        {
            if (root.Find(path) is not HoconInvalid) errors.Add(root.Find(path)?.Origin ?? root.Origin, path, "must be an object: { … }");
            return null;
        }
        var templates = SettingsKeys.Templates(typeof(T), path);
        var unknown = new UnknownKeys(typeof(T), path, [.. templates.Keys], errors);
        var records = new RecordBinder(root, unknown, errors);
        foreach (var (template, type) in templates)
            if (root.TryFindObject(template, out var defaults)) records.CheckTemplate(type, defaults, template);
        return records.Bind(typeof(T), content, path, new BindingContext(null, content.Origin, "")) is { IsValid: true } bound
            ? (T?)bound.Value : null;
    }
}
