namespace Scp.Actors.Configuration;

/// <summary>Which keys a reload cannot change. Pure.</summary>
public static class RestartKeys
{
    /// <summary>Those that differ between two configurations.</summary>
    public static IReadOnlyList<string> Changed(ProxySettings before, ProxySettings after)
    {
        var keys = new List<string>();
        foreach (var (name, old) in before.Listeners)
        {
            if (!after.Listeners.TryGetValue(name, out var now)) continue;
            if (old.Bind != now.Bind) keys.Add($"scp.listeners.{name}.bind");
            if (old.Backlog != now.Backlog) keys.Add($"scp.listeners.{name}.backlog");
            if (old.ReusePort != now.ReusePort) keys.Add($"scp.listeners.{name}.reuse-port");
        }

        return keys;
    }
}
