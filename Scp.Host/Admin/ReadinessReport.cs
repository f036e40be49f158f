namespace Scp.Host.Admin;

/// <summary>Which pools make the proxy ready.</summary>
internal enum ReadinessRule
{
    /// <summary>Every pool has a backend that may take requests.</summary>
    AllPools,

    /// <summary>One pool has, which is enough when routes to the others may fail for themselves.</summary>
    AnyPool,

    /// <summary>Pools do not count.</summary>
    Listeners,
}

/// <summary>Whether the proxy should get traffic.</summary>
/// <param name="Reasons">Why not: one sentence each; none when it is ready.</param>
internal sealed record ReadinessReport(IReadOnlyList<string> Reasons)
{
    public bool IsReady => Reasons.Count == 0;

    /// <summary>The rule: every listener is bound, the proxy does not drain, and the pools that count have backends.</summary>
    public static ReadinessReport Of(
        IEnumerable<(string Name, bool IsBound)> listeners, bool isDraining, IEnumerable<(string Name, int Available)> pools,
        ReadinessRule rule = ReadinessRule.AllPools) => new(
    [
        .. isDraining ? ["The proxy is draining."] : Array.Empty<string>(),
        .. listeners.Where(l => !l.IsBound).Select(l => $"Listener {l.Name} is not bound."),
        .. Missing([.. pools], rule),
    ]);

    private static IEnumerable<string> Missing(IReadOnlyList<(string Name, int Available)> pools, ReadinessRule rule) => rule switch
    {
        ReadinessRule.Listeners => [],
        ReadinessRule.AnyPool => pools.Count == 0 || pools.Any(p => p.Available > 0)
            ? []
            : ["No pool has a backend that may take requests."],
        _ => pools.Where(p => p.Available == 0).Select(p => $"Pool {p.Name} has no backend that may take requests."),
    };
}
