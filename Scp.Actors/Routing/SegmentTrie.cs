namespace Scp.Actors.Routing;

/// <summary>
/// Paths by segments, a literal child before the capture. A step costs one hash, however many routes there are. Branching back happens
/// only where the configuration has both a literal and a capture.
/// </summary>
internal sealed class SegmentTrie
{
    private readonly ByteDictionary<SegmentTrie> _literals = new();
    private SegmentTrie? _capture;
    private RouteEntry[] _entries = [];

    public void Add(PathPattern pattern, RouteEntry entry)
    {
        var node = this;
        foreach (var segment in pattern.Segments)
        {
            node = segment.IsCapture
                ? node._capture ??= new SegmentTrie()
                : node._literals.GetOrAdd(segment.Literal, static () => new SegmentTrie());
        }

        node._entries = entry.InsertInto(node._entries);
    }

    /// <summary>Offers the entries whose pattern is the whole path; <paramref name="rest"/> begins with "/" or is empty.</summary>
    public bool VisitWhole<T>(ReadOnlySpan<byte> rest, ref RouteWalk<T> walk)
        where T : struct, IRouteTracer
    {
        if (rest.IsEmpty) return walk.Offer(_entries);
        var segment = Cut(ref rest);
        if (_literals.Find(segment) is { } literal && literal.VisitWhole(rest, ref walk)) return true;
        return !segment.IsEmpty && _capture is { } capture && capture.VisitWhole(rest, ref walk);
    }

    /// <summary>Offers the entries whose pattern is the beginning of the path, the deepest first.</summary>
    public bool VisitPrefixes<T>(ReadOnlySpan<byte> rest, ref RouteWalk<T> walk)
        where T : struct, IRouteTracer
    {
        var below = rest;
        if (!below.IsEmpty)
        {
            var segment = Cut(ref below);
            if (_literals.Find(segment) is { } literal && literal.VisitPrefixes(below, ref walk)) return true;
            if (!segment.IsEmpty && _capture is { } capture && capture.VisitPrefixes(below, ref walk)) return true;
        }

        return walk.Offer(_entries);
    }

    private static ReadOnlySpan<byte> Cut(ref ReadOnlySpan<byte> rest)
    {
        var path = rest[1..];
        var slash = path.IndexOf((byte)'/');
        rest = slash < 0 ? default : path[slash..];
        return slash < 0 ? path : path[..slash];
    }
}
