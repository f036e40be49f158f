using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;
using Scp.Streams.Dispatch.Mirroring;
using Scp.Streams.Errors;
using Scp.Streams.Filters;
using Scp.Streams.Filters.FieldRules;
using Scp.Streams.Limits;
using Scp.Streams.Messages;

namespace Scp.Actors.Routing;

/// <summary>
/// The routes of one listener, compiled once and shared by all its connections. Of all the routes that match a request, the first in
/// this order takes it:
/// <list type="number">
/// <item>host: exact, then the longest wildcard, then any;</item>
/// <item>path: exact, then template, then prefix, then regex (in configured order), then any; between two templates or two prefixes the
/// first segment in which they differ decides: a literal, then a capture, then the end, so the longer prefix goes first;</item>
/// <item>the number of conditions: the method (once), each header, each query parameter;</item>
/// <item>the configured order.</item>
/// </list>
/// A route whose conditions fail gives way to the next in order, also of a less specific host. The search costs the same for ten routes
/// and for ten thousand; only regular expressions are tried one by one.
/// </summary>
public sealed partial class RouteTable : IRouteTable
{
    private readonly HostIndex _hosts = new();
    private readonly List<RouteEntry> _entries = [];

    private RouteTable()
    {
    }

    /// <summary>Compiles routes that <see cref="RouteValidator"/> accepted.</summary>
    /// <param name="routes">By name, in configured order.</param>
    /// <param name="pools">The cell of a pool, null when there is none of that name.</param>
    /// <param name="defaults">Where a route's time limits come from if it has none of its own.</param>
    /// <param name="listener">Takes only routes of this listener; null takes all.</param>
    /// <exception cref="ArgumentException">The routes are not valid.</exception>
    public static RouteTable Compile(
        IReadOnlyDictionary<string, RouteSettings> routes, Func<string, PoolCell?> pools, TimeoutSettings defaults, string? listener = null)
    {
        var table = new RouteTable();
        var order = 0;
        foreach (var (name, settings) in routes)
        {
            if (listener is not null && settings.Listeners.Count > 0 && !settings.Listeners.Contains(listener)) continue;
            var subset = SubsetOf(settings.Subset); // one for all paths of the route: pools cache by it
            table.Add(settings, pattern => MakeRoute(name, settings, pattern, subset, pools, defaults), order++);
        }

        return table;
    }

    public Route? Match(RequestHead request, out ProxyError error)
    {
        var walk = new RouteWalk<SilentTracer>(request, default);
        return Decide(ref walk, out error);
    }

    private Route? Decide<T>(ref RouteWalk<T> walk, out ProxyError error)
        where T : struct, IRouteTracer
    {
        _hosts.Visit(walk.Request.HostBytes, ref walk);
        error = walk.Found is not null ? ProxyError.None : walk.MethodAloneDiffered ? ProxyError.MethodNotAllowed : ProxyError.NoRoute;
        return walk.Found?.Route;
    }

    private void Add(RouteSettings settings, Func<PathPattern, Route> makeRoute, int order)
    {
        var conditions = new RouteConditions(settings);
        HostPattern[] hosts = settings.Host.Count == 0 ? [HostPattern.Any] : [.. settings.Host.Select(HostPattern.Parse)];
        PathPattern[] paths = settings.Path.Count == 0 ? [PathPattern.Any] : [.. settings.Path.Select(PathPattern.Parse)];
        foreach (var path in paths)
        {
            var route = makeRoute(path); // one for each path: its rewrite knows where the captures are
            foreach (var host in hosts)
            {
                var entry = new RouteEntry(route, host, path, conditions, order);
                _entries.Add(entry);
                _hosts.PathsOf(host).Add(entry);
            }
        }
    }

    private static Route MakeRoute(
        string name, RouteSettings settings, PathPattern pattern, LabelSubset? subset, Func<string, PoolCell?> pools,
        TimeoutSettings defaults) => new()
    {
        Name = name,
        Pool = settings.Pool is { } pool
            ? pools(pool) ?? throw new ArgumentException($"route {name}: no pool {pool}", nameof(pools))
            : null,
        Priority = settings.Priority,
        Mirror = MakeMirror(name, settings, pools),
        Subset = subset,
        LocalResponse = MakeResponder(settings, pattern),
        Rewrite = RequestRewrite.Create(settings.Rewrite, pattern),
        DownstreamFilters = FiltersOf(settings.Fields.Downstream),
        UpstreamFilters = FiltersOf(settings.Fields.Upstream),
        SendsBackendHost = settings.Rewrite.Host == RequestRewrite.BackendHost,
        Timeouts = new RouteTimeouts(
            settings.Timeouts.ResponseHead ?? defaults.ResponseHead,
            settings.Timeouts.ResponseIdle ?? defaults.ResponseIdle,
            settings.Timeouts.Total ?? defaults.Total,
            settings.Timeouts.TunnelIdle ?? defaults.TunnelIdle),
        Retries = new RouteRetries(
            settings.Retries.Enabled,
            [.. settings.Retries.IdempotentMethods.Select(System.Text.Encoding.ASCII.GetBytes)],
            settings.Hedging.After),
    };

    private static LabelSubset? SubsetOf(SubsetSettings subset) =>
        subset.Labels.Count == 0 ? null : new LabelSubset(subset.Labels, subset.Fallback == SubsetFallback.All);

    private static Mirror? MakeMirror(string name, RouteSettings settings, Func<string, PoolCell?> pools)
    {
        if (settings.Mirror.Pool is not { } pool) return null;
        var cell = pools(pool) ?? throw new ArgumentException($"route {name}: no pool {pool}", nameof(pools));
        return new Mirror(settings.Mirror, cell, cell.Current.Load.MirrorOf(name), settings.Rewrite.Host == RequestRewrite.BackendHost);
    }

    private static HttpFilter[] FiltersOf(FieldRuleSettings rules)
    {
        if (rules.Request.Count + rules.Response.Count == 0) return [];
        var errors = new List<string>();
        return FieldRulesFilter.Create(rules, errors) is { } filter ? [filter] : throw new ArgumentException(errors[0], nameof(rules));
    }

    private static ILocalResponder? MakeResponder(RouteSettings settings, PathPattern pattern)
    {
        if (settings.Redirect.To is { } to)
        {
            var location = TargetTemplate.TryParse(to, pattern, out var error) ?? throw new ArgumentException(error, nameof(settings));
            return new RedirectResponder(settings.Redirect.Status, location);
        }

        return settings.Respond.Status is null ? null : new FixedResponder(settings.Respond);
    }
}
