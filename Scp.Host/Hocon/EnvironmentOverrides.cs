using System.Text;
using Scp.Host.Hocon.Binding;

namespace Scp.Host.Hocon;

/// <summary>
/// <c>SCP_LIMITS_IDLE_TIMEOUT=5s</c> sets <c>scp.limits.idle-timeout</c>. The keys are known, so each is looked up by its name:
/// dots and dashes become underscores. Keys inside open maps cannot be set this way; use <c>${?NAME}</c> there.
/// </summary>
public static class EnvironmentOverrides
{
    public static IEnumerable<HoconSource> Of(Type root, string path, Func<string, string?> environment)
    {
        foreach (var key in SettingsKeys.Walk(root, path))
        {
            var name = VariableFor(key.Path);
            if (key.Path.Contains('*') || SettingsShape.KindOf(key.Property.Type, out _) is not (ShapeKind.Scalar or ShapeKind.List))
                continue;
            if (environment(name) is { } value) yield return HoconSource.FromVariable(name, key.Path, value);
        }
    }

    public static string VariableFor(string path)
    {
        var name = new StringBuilder(path.Length);
        foreach (var c in path) name.Append(c is '.' or '-' ? '_' : char.ToUpperInvariant(c));
        return name.ToString();
    }
}
