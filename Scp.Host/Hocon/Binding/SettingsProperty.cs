using System.Reflection;
using Scp.Streams.Settings;

namespace Scp.Host.Hocon.Binding;

/// <summary>One property of a settings record with its key and what its attributes say.</summary>
internal sealed class SettingsProperty
{
    public SettingsProperty(PropertyInfo property, ParameterInfo? parameter)
    {
        Property = property;
        Parameter = parameter;
        Type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        IsNullable = Type != property.PropertyType
            || (!Type.IsValueType && new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable);
        Key = Find<KeyAttribute>()?.Key ?? KebabCase.From(property.Name);
        IsEntryName = Find<EntryNameAttribute>() is not null;
        IsByteSize = Find<ByteSizeAttribute>() is not null;
        IsPercent = Find<PercentAttribute>() is not null;
        AllowsOff = Find<AllowOffAttribute>() is not null;
        IsNotEmpty = Find<NotEmptyAttribute>() is not null;
        Range = Find<InRangeAttribute>();
        OneOf = Find<OneOfAttribute>()?.Values;
        Template = Find<TemplateAttribute>();
    }

    public PropertyInfo Property { get; }
    public ParameterInfo? Parameter { get; }
    public string Key { get; }
    public Type Type { get; }
    public bool IsNullable { get; }
    public bool IsEntryName { get; }
    public bool IsByteSize { get; }
    public bool IsPercent { get; }
    public bool AllowsOff { get; }
    public bool IsNotEmpty { get; }
    public InRangeAttribute? Range { get; }
    public IReadOnlyList<string>? OneOf { get; }
    public TemplateAttribute? Template { get; }

    /// <summary>The word for one entry of the map or list.</summary>
    public string EntryNoun => Template?.Noun ?? Template?.Path.Split('.')[^1] ?? Key;

    private T? Find<T>() where T : Attribute => Property.GetCustomAttribute<T>() ?? Parameter?.GetCustomAttribute<T>();
}
