namespace Scp.Actors.Routing;

/// <summary>The path indexes by host: an exact host by one hash, wildcards by one hash for each label, from the right.</summary>
internal sealed class HostIndex
{
    private readonly ByteDictionary<PathIndex> _exact = new();
    private readonly WildcardNode _wildcards = new(null);
    private PathIndex? _any;

    /// <summary>A domain; below it may be hosts that "*.domain" stands for.</summary>
    private sealed class WildcardNode(WildcardNode? parent)
    {
        private readonly ByteDictionary<WildcardNode> _labels = new();

        public WildcardNode? Parent => parent;

        public PathIndex? Paths { get; set; }

        public WildcardNode Child(byte[] label) => _labels.GetOrAdd(label, () => new WildcardNode(this));

        public WildcardNode? Find(ReadOnlySpan<byte> label) => _labels.Find(label);
    }

    public PathIndex PathsOf(HostPattern host) => host.Kind switch
    {
        HostKind.Exact => _exact.GetOrAdd(host.Name, static () => new PathIndex()),
        HostKind.Wildcard => WildcardOf(host.Name).Paths ??= new PathIndex(),
        _ => _any ??= new PathIndex(),
    };

    /// <summary>Visits the exact host, then the wildcards from the longest to the shortest, then the routes for any host.</summary>
    public void Visit<T>(ReadOnlySpan<byte> host, ref RouteWalk<T> walk)
        where T : struct, IRouteTracer
    {
        if (host.Length > 1 && host[^1] == '.') host = host[..^1]; // "shop.example." is the same name, fully qualified
        if (_exact.Find(host) is { } exact && exact.Visit(ref walk)) return;
        for (var node = Deepest(host); node is not null; node = node.Parent)
            if (node.Paths is { } paths && paths.Visit(ref walk)) return;
        _any?.Visit(ref walk);
    }

    private WildcardNode WildcardOf(byte[] name)
    {
        var node = _wildcards;
        ReadOnlySpan<byte> rest = name;
        while (!rest.IsEmpty) node = node.Child(CutLast(ref rest).ToArray());
        return node;
    }

    /// <summary>The longest domain in the tree that has at least one more label of the host before it.</summary>
    private WildcardNode? Deepest(ReadOnlySpan<byte> host)
    {
        WildcardNode? node = null;
        for (var next = _wildcards; next is not null && !host.IsEmpty; next = next.Find(CutLast(ref host))) node = next;
        return node;
    }

    private static ReadOnlySpan<byte> CutLast(ref ReadOnlySpan<byte> name)
    {
        var dot = name.LastIndexOf((byte)'.');
        var label = name[(dot + 1)..];
        name = dot < 0 ? default : name[..dot];
        return label;
    }
}
