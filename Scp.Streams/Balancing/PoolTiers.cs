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
/// <param name="Share">The share of the traffic that it gets, 0 to 1; 0 for a tier without candidates.</param>
/// <param name="IsPanic">Too few were left: see <see cref="PanicMode"/>.</param>
public sealed record PoolTier(int Priority, CandidateSet Candidates, double Share, bool IsPanic);

/// <summary>The tiers of a pool, or of one subset of it, in order of priority.</summary>
public sealed class PoolTiers
{
    /// <summary>Shares of a third do not sum to 1 in binary: nearly all is all.</summary>
    private const double NearlyAll = 1 - 1e-9;

    private readonly PoolTier[] _tiers;
    private readonly int _only;

    private PoolTiers(PoolTier[] tiers)
    {
        _tiers = tiers;
        _only = Array.FindIndex(tiers, t => t.Share >= NearlyAll);
    }

    public IReadOnlyList<PoolTier> All => _tiers;

    public int Count => _tiers.Length;

    public PoolTier this[int index] => _tiers[index];

    /// <summary>Draws a tier by its share; -1 when no tier has candidates.</summary>
    public int Draw(PickRandom random) => _only >= 0 ? _only : DrawByShare(random);

    private int DrawByShare(PickRandom random)
    {
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
    /// when all together can take less than everything, those that have candidates share it by capacity. Tiers panic only then: as long
    /// as another tier can help, it does.
    /// </remarks>
    public static PoolTiers Build(IReadOnlyList<BackendStanding> standings, ILoadBalancingPolicy policy, BalancingRules rules)
    {
        var drafts = standings.GroupBy(s => s.Priority).OrderBy(g => g.Key).Select(g => new Draft(g.Key, [.. g], rules.Tiers)).ToList();
        if (drafts.Sum(d => d.Capacity) >= NearlyAll) ShareInOrder(drafts);
        else
        {
            drafts.ForEach(d => d.PanicIfFewerThan(rules.Tiers));
            ShareWhatIsLeft(drafts);
        }

        return new PoolTiers(
            [.. drafts.Select(d => new PoolTier(d.Priority, new CandidateSet(d.Candidates, policy, rules.SlowStart), d.Share, d.IsPanic))]);
    }

    private static void ShareInOrder(List<Draft> drafts)
    {
        var left = 1.0;
        foreach (var draft in drafts)
        {
            draft.Share = Math.Min(left, draft.Capacity);
            left = Math.Max(0, left - draft.Share);
        }
    }

    private static void ShareWhatIsLeft(List<Draft> drafts)
    {
        var capacity = drafts.Where(d => d.Candidates.Count > 0).Sum(d => d.Capacity);
        if (capacity > 0)
        {
            foreach (var draft in drafts) draft.Share = draft.Candidates.Count > 0 ? draft.Capacity / capacity : 0;
        }
        else if (drafts.Find(d => d.Candidates.Count > 0) is { } first) first.Share = 1; // nobody is available: the first that fails open
    }

    /// <summary>A tier whose share is being worked out.</summary>
    private sealed class Draft
    {
        private readonly List<BackendStanding> _members;

        public Draft(int priority, IReadOnlyList<BackendStanding> standings, TierRules rules)
        {
            Priority = priority;
            _members = [.. standings.Where(IsMember)];
            Candidates = [.. standings.Where(s => s.Exclusion == Exclusion.None)];
            Capacity = Math.Min(1, Available * rules.Overprovisioning);
        }

        public int Priority { get; }

        public List<BackendStanding> Candidates { get; private set; }

        public double Capacity { get; }

        public double Share { get; set; }

        public bool IsPanic { get; private set; }

        private double Available => _members.Count == 0 ? 0 : (double)Candidates.Count / _members.Count;

        public void PanicIfFewerThan(TierRules rules)
        {
            if (_members.Count == 0 || Available >= rules.PanicThreshold) return;
            IsPanic = true;
            Candidates = rules.Panic == PanicMode.FailOpen ? _members : [];
        }

        /// <summary>What an operator took out is no member: it neither counts as missing nor is it used in a panic.</summary>
        private static bool IsMember(BackendStanding standing) =>
            standing.Administrative == AdministrativeState.Ready && standing.Weight > 0;
    }
}
