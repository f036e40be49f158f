namespace Scp.Actors.Routing;

/// <summary>Finds routes whose match is exactly that of an earlier route: they never take a request.</summary>
internal static class UnreachableRoutes
{
    public static IEnumerable<RouteError> Find(IReadOnlyDictionary<string, RouteSettings> routes, Func<string, string> pathOf)
    {
        var owners = new Dictionary<string, List<(string Name, RouteSettings Settings)>>(StringComparer.Ordinal);
        foreach (var (name, settings) in routes)
        {
            var reported = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (host, path) in Ways(settings))
            {
                var key = $"{host}\n{path}\n{Conditions(settings)}";
                if (!owners.TryGetValue(key, out var earlier)) owners.Add(key, earlier = []);
                foreach (var (owner, theirs) in earlier)
                {
                    if (!ShareListener(settings, theirs) || !reported.Add(owner)) continue;
                    yield return new RouteError(pathOf(name), owner == name
                        ? $"it names {host}, {path} twice"
                        : $"never reached for {host}, {path}: the route {owner} before it matches exactly the same");
                }

                earlier.Add((name, settings));
            }
        }
    }

    private static IEnumerable<(string Host, string Path)> Ways(RouteSettings settings)
    {
        return from host in settings.Host.Select(h => HostPattern.TryParse(h, out _)).DefaultIfEmpty(HostPattern.Any)
               from path in settings.Path.Select(p => PathPattern.TryParse(p, out _)).DefaultIfEmpty(PathPattern.Any)
               where host is not null && path is not null
               select (host.Text, path.Key);
    }

    /// <summary>One text for equal conditions, however they are ordered.</summary>
    private static string Conditions(RouteSettings settings) => string.Join('\n',
        string.Join(',', settings.Method.Distinct().Order(StringComparer.Ordinal)),
        string.Join('\r', settings.Header.Select(h => $"{h.Key.ToLowerInvariant()}={h.Value}").Order(StringComparer.Ordinal)),
        string.Join('\r', settings.Query.Select(q => $"{q.Key}={q.Value}").Order(StringComparer.Ordinal)));

    private static bool ShareListener(RouteSettings a, RouteSettings b) =>
        a.Listeners.Count == 0 || b.Listeners.Count == 0 || a.Listeners.Intersect(b.Listeners).Any();
}
