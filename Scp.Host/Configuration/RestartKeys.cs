using Scp.Host.Hocon;

namespace Scp.Host.Configuration;

/// <summary>Which keys a reload cannot change. Pure.</summary>
internal static class RestartKeys
{
    private static readonly string[] Sections =
        ["akka", "scp.persistence", "scp.transport", "scp.access-log", "scp.metrics", "scp.tracing", "scp.admin", "scp.demo"];

    /// <summary>Of an entry of scp.listeners: what its socket was opened with.</summary>
    private static readonly string[] OfListeners = ["bind", "backlog", "reuse-port"];

    /// <summary>Those that differ between two configurations.</summary>
    public static IReadOnlyList<string> Changed(HoconObject before, HoconObject after)
    {
        var keys = new List<string>();
        foreach (var section in Sections) Compare(before.Find(section), after.Find(section), section, keys);
        if (!before.TryFindObject("scp.listeners", out var old) || !after.TryFindObject("scp.listeners", out var now)) return keys;
        foreach (var field in old.Fields)
        {
            if (!now.TryGet(field.Key, out var same)) continue;
            foreach (var key in OfListeners)
                Compare(
                    (field.Value as HoconObject)?.Find(key), (same.Value as HoconObject)?.Find(key),
                    $"scp.listeners.{field.Key}.{key}", keys);
        }

        return keys;
    }

    private static void Compare(HoconValue? before, HoconValue? after, string path, List<string> keys)
    {
        if (Equals(before, after)) return;
        if (before is not HoconObject old || after is not HoconObject now)
        {
            keys.Add(path);
            return;
        }

        foreach (var key in old.Fields.Concat(now.Fields).Select(f => f.Key).Distinct())
            Compare(old.TryGet(key, out var a) ? a.Value : null, now.TryGet(key, out var b) ? b.Value : null, $"{path}.{key}", keys);
    }
}
