using Scp.Streams.Dispatch;

namespace Scp.Actors.Routing;

/// <summary>One way into a route: one of its hosts with one of its paths, and its conditions.</summary>
internal sealed class RouteEntry(Route route, HostPattern host, PathPattern path, RouteConditions conditions, int order)
{
    public Route Route => route;

    public HostPattern Host => host;

    public PathPattern Path => path;

    public RouteConditions Conditions => conditions;

    /// <summary>Puts the entry among others of the same host and path: the more conditions the earlier, then in configured order.</summary>
    public RouteEntry[] InsertInto(RouteEntry[] entries)
    {
        var at = Array.BinarySearch(entries, this, ByConditions);
        return [.. entries.AsSpan(0, ~at), this, .. entries.AsSpan(~at)];
    }

    private int Order => order;

    // An entry equal to another (a host or path named twice in one route) goes after it, so a search never finds an exact place.
    private static readonly IComparer<RouteEntry> ByConditions = Comparer<RouteEntry>.Create(static (a, b) =>
        a.Conditions.Count != b.Conditions.Count ? b.Conditions.Count.CompareTo(a.Conditions.Count)
        : a.Order <= b.Order ? -1 : 1);
}
