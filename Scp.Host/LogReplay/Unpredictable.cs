using Scp.Actors.BackendPools;
using Scp.Actors.Configuration;
using Scp.Actors.Routing;
using Scp.Streams.Balancing;

namespace Scp.Host.LogReplay;

/// <summary>Says what a replay of a log cannot tell. Pure.</summary>
internal static class Unpredictable
{
    /// <param name="settings">The configuration that the log was run through.</param>
    /// <param name="logged">Names of the request fields that the log holds.</param>
    /// <param name="isAgainstLog">It was compared with the log itself.</param>
    public static IReadOnlyList<string> Of(ProxySettings settings, IReadOnlySet<string> logged, bool isAgainstLog) =>
    [
        "Latency, errors and retries under the new load: no request is sent.",
        "Health at that time: every backend is taken for up and idle, so limits, queues, ejections and panics do not show.",
        "Policies that go by load or latency see none; their shares are those of idle backends.",
        .. isAgainstLog ? ["What the log does not hold of the old decision: rewrites, field rules and where redirects lead; name --old for those."] : Array.Empty<string>(),
        .. settings.Routes.SelectMany(r => Conditions(r.Key, r.Value, logged)),
        .. settings.Pools.Where(p => p.Value.Affinity.Mode != AffinityMode.Off).Select(p =>
            $"Sessions of pool {p.Key}: cookies and tokens are not in the log, so every request begins a new session."),
        .. settings.Pools.Where(p => p.Value.Backends.Count == 0).Select(p =>
            $"Members of pool {p.Key}: they come from name resolution, which is not done here."),
        "Query parameters that the log has as REDACTED, and content: conditions on them are judged by what is there.",
    ];

    private static IEnumerable<string> Conditions(string name, RouteSettings route, IReadOnlySet<string> logged) =>
        from field in route.Header.Keys
        where !logged.Contains(field)
        select $"Route {name}: its condition on {field} is judged as if no request had the field; it is in no line of the log "
            + "(access-log.request-fields adds it).";
}
