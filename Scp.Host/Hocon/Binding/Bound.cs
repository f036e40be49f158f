namespace Scp.Host.Hocon.Binding;

/// <summary>A bound value, which may well be null, or the knowledge that an error was reported.</summary>
internal readonly record struct Bound(bool IsValid, object? Value)
{
    public static Bound Failed => default;
    public static Bound Of(object? value) => new(true, value);
}

/// <summary>
/// The entry being bound: its name in an open map, and where the user wrote it, which is the place to blame for a key
/// that is missing and whose null comes from the template in <paramref name="TemplateFile"/>.
/// </summary>
internal sealed record BindingContext(string? EntryName, Origin Entry, string TemplateFile, bool IsTemplate = false)
{
    public Origin Blame(HoconObject content, HoconValue? missing)
    {
        if (missing is not null && missing.Origin.File != TemplateFile) return missing.Origin;
        return content.Origin.File == TemplateFile ? Entry : content.Origin;
    }
}
