using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Scp.Host.Hocon.Binding;

internal enum ShapeKind
{
    Scalar,
    Record,
    List,
    Map,

    /// <summary>A part of the configuration that is kept as it is.</summary>
    Tree,
}

/// <summary>What the binder, the unknown-key check and the reference test know of a settings type.</summary>
internal sealed class SettingsShape
{
    private static readonly ConcurrentDictionary<Type, SettingsShape> Known = new();

    private SettingsShape(Type type)
    {
        Type = type;
        Constructor = type.GetConstructors().Where(candidate => !IsCopy(candidate, type))
            .MaxBy(candidate => candidate.GetParameters().Length)
            ?? throw new NotSupportedException($"{type} has no public constructor to bind settings with");
        var parameters = Constructor.GetParameters();
        Properties = [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetIndexParameters().Length == 0)
            .Select(property => new SettingsProperty(property, Array.Find(parameters, parameter => Same(parameter, property))))
            .Where(property => property.Parameter is not null || property.Property.SetMethod is { IsPublic: true })];
    }

    public Type Type { get; }
    public ConstructorInfo Constructor { get; }
    public ImmutableArray<SettingsProperty> Properties { get; }

    public static SettingsShape Of(Type record) => Known.GetOrAdd(record, type => new SettingsShape(type));

    public static ShapeKind KindOf(Type type, out Type element)
    {
        element = type;
        if (type == typeof(HoconObject)) return ShapeKind.Tree;
        if (TryElement(type, [typeof(ImmutableArray<>), typeof(IReadOnlyList<>), typeof(ImmutableList<>)], 0, out var item))
        {
            element = item;
            return ShapeKind.List;
        }
        if (TryElement(type, [typeof(IReadOnlyDictionary<,>), typeof(ImmutableDictionary<,>)], 1, out var entry))
        {
            element = entry;
            return ShapeKind.Map;
        }
        return ScalarReader.Knows(type) ? ShapeKind.Scalar : ShapeKind.Record;
    }

    private static bool TryElement(Type type, Type[] generics, int argument, [NotNullWhen(true)] out Type? element)
    {
        element = type.IsGenericType && generics.Contains(type.GetGenericTypeDefinition()) ? type.GetGenericArguments()[argument] : null;
        return element is not null;
    }

    private static bool Same(ParameterInfo parameter, PropertyInfo property) =>
        parameter.ParameterType == property.PropertyType
            && string.Equals(parameter.Name, property.Name, StringComparison.OrdinalIgnoreCase);

    private static bool IsCopy(ConstructorInfo constructor, Type type) =>
        constructor.GetParameters() is [var only] && only.ParameterType == type;
}
