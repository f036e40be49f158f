using Scp.Streams.Messages;

namespace Scp.Actors.Routing;

/// <summary>The same walk with somebody watching.</summary>
public sealed partial class RouteTable
{
    /// <summary>The decision that <see cref="Match"/> makes, with what became of every route.</summary>
    public RouteTrace Explain(RequestHead request)
    {
        var candidates = new List<RouteCandidate>();
        var judged = new HashSet<RouteEntry>();
        var hosts = new HashSet<PathIndex>();
        var walk = new RouteWalk<ExplainingTracer>(request, new ExplainingTracer(candidates, judged, hosts));
        var route = Decide(ref walk, out var error);
        var misses = _entries.Where(e => !judged.Contains(e)).Select(e => Miss(e, hosts.Contains(_hosts.PathsOf(e.Host))));
        candidates.AddRange(misses.OrderBy(c => c.Verdict));
        return new RouteTrace(route, error, candidates);
    }

    /// <summary>For Allow in a 405 (RFC 9110 15.5.6): the methods of the routes that refused a request for its method alone.</summary>
    public string AllowedMethods(RequestHead request)
    {
        var methods = new SortedSet<string>(StringComparer.Ordinal);
        var walk = new RouteWalk<AllowTracer>(request, new AllowTracer(methods));
        Decide(ref walk, out _);
        return string.Join(", ", methods);
    }

    private static RouteCandidate Miss(RouteEntry entry, bool isHostRight) => isHostRight
        ? Candidate(entry, RouteVerdict.PathDiffers, "path differs")
        : Candidate(entry, RouteVerdict.HostDiffers, "host differs");

    private static RouteCandidate Candidate(RouteEntry entry, RouteVerdict verdict, string reason) =>
        new(entry.Route.Name, entry.Host.Text, entry.Path.Text, verdict, reason);

    private readonly struct ExplainingTracer(List<RouteCandidate> candidates, HashSet<RouteEntry> judged, HashSet<PathIndex> hosts)
        : IRouteTracer
    {
        public static bool WantsAll => true;

        public void HostMatched(PathIndex paths) => hosts.Add(paths);

        public void Judged(RouteEntry entry, RouteVerdict verdict, int condition)
        {
            judged.Add(entry);
            candidates.Add(Candidate(entry, verdict, verdict switch
            {
                RouteVerdict.Matched => "matched",
                RouteVerdict.LessSpecific => "would match, but an earlier one did",
                _ => entry.Conditions.Explain(verdict, condition),
            }));
        }
    }

    private readonly struct AllowTracer(SortedSet<string> methods) : IRouteTracer
    {
        public static bool WantsAll => true;

        public void HostMatched(PathIndex paths)
        {
        }

        public void Judged(RouteEntry entry, RouteVerdict verdict, int condition)
        {
            if (verdict == RouteVerdict.MethodDiffers) methods.UnionWith(entry.Conditions.Methods);
        }
    }
}
