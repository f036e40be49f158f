using System.Text;
using Scp.Streams.Dispatch;
using Scp.Streams.Errors;

namespace Scp.Actors.Routing;

/// <summary>What became of a route that could have taken a request.</summary>
public enum RouteVerdict : byte
{
    /// <summary>It took the request.</summary>
    Matched,

    /// <summary>It would have, but a more specific route did.</summary>
    LessSpecific,

    /// <summary>All holds but the method.</summary>
    MethodDiffers,

    HeaderDiffers,
    QueryDiffers,
    PathDiffers,
    HostDiffers,
}

/// <summary>One route (once for each of its hosts and paths) and what became of it.</summary>
public sealed record RouteCandidate(string Route, string Host, string Path, RouteVerdict Verdict, string Reason);

/// <summary>The decision for one request, and why: the candidates in order of precedence, those of other hosts and paths last.</summary>
public sealed record RouteTrace(Route? Chosen, ProxyError Error, IReadOnlyList<RouteCandidate> Candidates)
{
    /// <summary>Lines that a printed trace gives to routes whose host or path differs; a table may hold thousands.</summary>
    private const int PrintedMisses = 20;

    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(Chosen is null ? $"no route: {Error}" : $"route {Chosen.Name}").Append('\n');
        var misses = 0;
        foreach (var candidate in Candidates)
        {
            if (candidate.Verdict >= RouteVerdict.PathDiffers && ++misses > PrintedMisses) continue;
            text.Append($"  {candidate.Route} ({candidate.Host}, {candidate.Path}): {candidate.Reason}\n");
        }

        if (misses > PrintedMisses) text.Append($"  and {misses - PrintedMisses} more whose host or path differs\n");
        return text.ToString();
    }
}
