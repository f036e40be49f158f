using System.Reflection;
using Scp.Streams.Settings;

namespace Scp.Host.Hocon.Binding;

/// <summary>Enum members in kebab-case, in the order of their declaration.</summary>
internal static class EnumNames
{
    public static IReadOnlyList<string> Of(Type type) => [.. Members(type).Select(NameOf)];

    public static object? Find(Type type, string name) => Members(type).FirstOrDefault(member => NameOf(member) == name)?.GetValue(null);

    private static FieldInfo[] Members(Type type) => type.GetFields(BindingFlags.Public | BindingFlags.Static);

    private static string NameOf(FieldInfo member) => member.GetCustomAttribute<KeyAttribute>()?.Key ?? KebabCase.From(member.Name);
}
