using Scp.Host.Hocon.Syntax;

namespace Scp.Host.Hocon;

/// <summary>What a reload changes: paths of added, removed and changed values. Lists count as one value.</summary>
public static class ConfigDiff
{
    public static IEnumerable<string> Paths(HoconObject before, HoconObject after) => Paths(before, after, "");

    private static IEnumerable<string> Paths(HoconObject before, HoconObject after, string path)
    {
        foreach (var field in before.Fields)
        {
            var here = PathText.Append(path, field.Key);
            if (!after.TryGet(field.Key, out var now)) yield return here;
            else if (field.Value is HoconObject old && now.Value is HoconObject current)
                foreach (var changed in Paths(old, current, here)) yield return changed;
            else if (!field.Value.Equals(now.Value)) yield return here;
        }
        foreach (var field in after.Fields)
            if (!before.TryGet(field.Key, out _)) yield return PathText.Append(path, field.Key);
    }
}
