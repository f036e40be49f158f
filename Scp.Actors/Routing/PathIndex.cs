namespace Scp.Actors.Routing;

/// <summary>
/// The routes of one host by path. Exact paths, templates and prefixes are found by hash; regular expressions have to be tried one after
/// the other. A path that is empty ("OPTIONS *", CONNECT) matches only routes with any path.
/// </summary>
internal sealed class PathIndex
{
    private readonly ByteDictionary<ExactPath> _exact = new();
    private readonly List<RegexPath> _regexes = [];
    private SegmentTrie? _templates;
    private SegmentTrie? _prefixes;
    private RouteEntry[] _any = [];

    private sealed class ExactPath
    {
        public RouteEntry[] Entries = [];
    }

    private sealed class RegexPath(PathPattern pattern)
    {
        public readonly PathPattern Pattern = pattern;
        public RouteEntry[] Entries = [];
    }

    public void Add(RouteEntry entry)
    {
        var pattern = entry.Path;
        switch (pattern.Kind)
        {
            case PathKind.Exact:
                var exact = _exact.GetOrAdd(pattern.Exact, static () => new ExactPath());
                exact.Entries = entry.InsertInto(exact.Entries);
                break;
            case PathKind.Template:
                (_templates ??= new SegmentTrie()).Add(pattern, entry);
                break;
            case PathKind.Prefix:
                (_prefixes ??= new SegmentTrie()).Add(pattern, entry);
                break;
            case PathKind.Regex:
                var regex = _regexes.Find(r => r.Pattern.Text == pattern.Text);
                if (regex is null) _regexes.Add(regex = new RegexPath(pattern));
                regex.Entries = entry.InsertInto(regex.Entries);
                break;
            default:
                _any = entry.InsertInto(_any);
                break;
        }
    }

    /// <summary>Offers the entries whose path matches, in order of precedence; true when the walk is over.</summary>
    public bool Visit<T>(ref RouteWalk<T> walk)
        where T : struct, IRouteTracer
    {
        walk.HostMatched(this);
        var path = walk.Request.PathBytes;
        if (path.Length > 0 && path[0] == '/')
        {
            if (_exact.Find(path) is { } exact && walk.Offer(exact.Entries)) return true;
            if (_templates is not null && _templates.VisitWhole(path, ref walk)) return true;
            if (_prefixes is not null && _prefixes.VisitPrefixes(path, ref walk)) return true;
            foreach (var regex in _regexes)
                if (SafeRegex.IsMatch(regex.Pattern.Regex!, path) && walk.Offer(regex.Entries)) return true;
        }

        return walk.Offer(_any);
    }
}
