namespace Scp.Streams.Balancing;

/// <summary>What a tier does when too few of its backends are left.</summary>
public enum PanicMode : byte
{
    /// <summary>All of its backends get traffic, down or not: better a chance than an overload of the few.</summary>
    FailOpen,

    /// <summary>None of them gets any.</summary>
    FailClosed,
}

/// <summary>How tiers share the traffic (scp.pools.*.tiers).</summary>
/// <param name="PanicThreshold">Share of available backends below which a tier panics, 0 to 1; 0 is never.</param>
/// <param name="Panic">What it does then.</param>
/// <param name="Overprovisioning">
/// A tier takes all traffic while its share of available backends, times this, is 1 or more; what it cannot take goes to the next one.
/// </param>
public sealed record TierRules(double PanicThreshold, PanicMode Panic, double Overprovisioning)
{
    public static readonly TierRules Default = new(0.5, PanicMode.FailOpen, 1.4);
}

/// <summary>One tier of a pool: the backends of one priority.</summary>
/// <param name="Priority">Its number.</param>
/// <param name="Candidates">Who may be picked.</param>
/// <param name="Share">The share of the traffic that it gets, 0 to 1.</param>
/// <param name="IsPanic">Too few were left: see <see cref="PanicMode"/>.</param>
public sealed record PoolTier(int Priority, CandidateSet Candidates, double Share, bool IsPanic);

/// <summary>The tiers of a pool, or of one subset of it, in order of priority.</summary>
public sealed class PoolTiers
{
    private readonly PoolTier[] _tiers;
    private readonly int _only;

    private PoolTiers(PoolTier[] tiers)
    {
        _tiers = tiers;
        _only = Array.FindIndex(tiers, t => t.Share >= 1);
    }

    public IReadOnlyList<PoolTier> All => _tiers;

    /// <summary>Draws a tier by its share; -1 when no tier has candidates.</summary>
    public int Draw(PickRandom random)
    {
        if (_only >= 0) return _only;
        if (_tiers.Length == 0) return -1;
        var draw = random.NextDouble();
        var last = -1;
        for (var i = 0; i < _tiers.Length; i++)
        {
            if (_tiers[i].Share <= 0) continue;
            last = i;
            draw -= _tiers[i].Share;
            if (draw < 0) return i;
        }

        return last;
    }

    /// <summary>Sorts standings into tiers and gives each its share of the traffic. Pure.</summary>
    /// <remarks>
    /// A tier's capacity is min(1, available / members x overprovisioning). Traffic goes to the tiers in order, each takes what it can;
    /// when all together can take less than everything, each takes its part of it. Tiers panic only then: as long as another tier can
    /// help, it does.
    /// </remarks>
    public static PoolTiers Build(IReadOnlyList<BackendStanding> standings, ILoadBalancingPolicy policy, BalancingRules rules)
    {
        var groups = standings.GroupBy(s => s.Priority).OrderBy(g => g.Key).Select(g => g.ToList()).ToList();
        var members = groups.Select(g => g.Where(MayPanicInto).ToList()).ToList();
        var available = groups.Select(g => g.Where(s => s.Exclusion == Exclusion.None).ToList()).ToList();
        var healthy = members.Select((m, i) => m.Count == 0 ? 0 : (double)available[i].Count / m.Count).ToList();
        var capacity = healthy.Select(h => Math.Min(1, h * rules.Tiers.Overprovisioning)).ToList();
        var total = capacity.Sum();
        var tiers = new PoolTier[groups.Count];
        var left = 1.0;
        for (var i = 0; i < groups.Count; i++)
        {
            var isPanic = total < 1 && members[i].Count > 0 && healthy[i] < rules.Tiers.PanicThreshold;
            List<BackendStanding> candidates = !isPanic ? available[i] : rules.Tiers.Panic == PanicMode.FailOpen ? members[i] : [];
            var share = total <= 0 ? (left >= 1 && candidates.Count > 0 ? 1 : 0) : Math.Min(left, total < 1 ? capacity[i] / total : capacity[i]);
            if (i == groups.Count - 1 && total > 0 && total < 1) share = left; // what rounding left over
            left = Math.Max(0, left - share);
            tiers[i] = new PoolTier(groups[i][0].Priority, new CandidateSet(candidates, policy, rules.SlowStart), share, isPanic);
        }

        return new PoolTiers(tiers);
    }

    /// <summary>What an operator took out is no member: it neither counts as missing nor is it used in a panic.</summary>
    private static bool MayPanicInto(BackendStanding standing) =>
        standing.Administrative == AdministrativeState.Ready && standing.Weight > 0;
}
