using Scp.Streams.Messages;

namespace Scp.Actors.Routing;

/// <summary>Watches a walk through the table. A struct as a type argument, so the one that watches nothing costs nothing.</summary>
internal interface IRouteTracer
{
    /// <summary>Whether routes after the first match are of interest, too.</summary>
    static abstract bool WantsAll { get; }

    void Judged(RouteEntry entry, RouteVerdict verdict, int condition);

    void HostMatched(PathIndex paths);
}

/// <summary>Live traffic.</summary>
internal readonly struct SilentTracer : IRouteTracer
{
    public static bool WantsAll => false;

    public void Judged(RouteEntry entry, RouteVerdict verdict, int condition)
    {
    }

    public void HostMatched(PathIndex paths)
    {
    }
}

/// <summary>
/// The one decision function of routing: the indexes offer entries whose host and path match, in order of precedence, and the walk takes
/// the first whose conditions hold.
/// </summary>
internal struct RouteWalk<TTracer>(RequestHead request, TTracer tracer)
    where TTracer : struct, IRouteTracer
{
    private readonly TTracer _tracer = tracer;

    public readonly RequestHead Request => request;

    public RouteEntry? Found { get; private set; }

    /// <summary>Some route asked for nothing but another method.</summary>
    public bool MethodAloneDiffered { get; private set; }

    public readonly void HostMatched(PathIndex paths) => _tracer.HostMatched(paths);

    /// <summary>Looks at entries that share host and path; true when the walk is over.</summary>
    public bool Offer(RouteEntry[] entries)
    {
        foreach (var entry in entries)
        {
            var verdict = entry.Conditions.Judge(request, out var condition);
            if (verdict == RouteVerdict.MethodDiffers) MethodAloneDiffered = true;
            if (verdict == RouteVerdict.Matched)
            {
                if (Found is null) Found = entry;
                else verdict = RouteVerdict.LessSpecific;
            }

            _tracer.Judged(entry, verdict, condition);
            if (Found is not null && !TTracer.WantsAll) return true;
        }

        return false;
    }
}
