using Scp.Streams.Dispatch;

namespace Scp.Streams.Balancing;

/// <summary>
/// Makes a <see cref="PickTrace"/> of what <see cref="BackendDecision"/> decided and wrote down on its way: the decision itself is the one
/// of live traffic. What a policy remembers of its picks, it remembers of this one too: round robin goes on by one.
/// </summary>
public static class PickExplanation
{
    /// <param name="pool">The pool as it is now.</param>
    /// <param name="request">What the request asks of it.</param>
    /// <param name="tried">Backends that it was at already.</param>
    /// <param name="now">Milliseconds of the clock that the snapshot's times are of.</param>
    /// <param name="seed">Of the random.</param>
    public static PickTrace Explain(PoolSnapshot pool, in PickRequest request, in TriedBackends tried, long now, ulong seed)
    {
        var tracer = new ExplainingPick();
        var pick = BackendDecision.Pick(pool, request, tried, now, new PickRandom(seed), ref tracer);
        return Of(pool, request, tried, now, seed, pick, tracer);
    }

    /// <summary>The trace of a decision that was made with that tracer.</summary>
    public static PickTrace Of(
        PoolSnapshot pool, in PickRequest request, in TriedBackends tried, long now, ulong seed, in BackendPick pick, in ExplainingPick tracer)
    {
        var tiers = pool.TiersFor(request.Subset).All;
        var backends = new List<BackendTrace>(pool.Standings.Count);
        foreach (var standing in pool.Standings)
        {
            var verdict = VerdictOn(standing, pool, request, tried, pick, tracer, tiers);
            backends.Add(TraceOf(standing, pool, now, verdict, Why(verdict, standing, pick)));
        }

        return new PickTrace(
            pool.Name, pool.Policy.Name, seed, SubsetOf(pool, request.Subset), SessionOf(request.Session, tried, tracer),
            TiersOf(tiers, pool, request.Subset, tracer), backends, pick.Backend?.Name, pick.Reason, pick.Refusal);
    }

    private static BackendVerdict VerdictOn(
        BackendStanding standing, PoolSnapshot pool, in PickRequest request, in TriedBackends tried, in BackendPick pick,
        in ExplainingPick tracer, IReadOnlyList<PoolTier> tiers)
    {
        var backend = standing.Backend;
        if (ReferenceEquals(pick.Backend, backend)) return BackendVerdict.Taken;
        if (pool.IsOutside(request.Subset, standing)) return BackendVerdict.OutsideSubset;
        var tier = tiers.FirstOrDefault(t => t.Candidates.Backends.Contains(backend));
        if (tier is null) return BackendVerdict.Excluded;
        if (tried.Contains(backend)) return BackendVerdict.Tried;
        if (backend.ActiveExchanges >= standing.RequestLimit) return BackendVerdict.Busy;
        if (tracer.Warming.Contains(backend)) return BackendVerdict.LeftToWarm;
        return tracer.Tiers.Contains(tier) || pick.Reason == PickReason.Affinity ? BackendVerdict.NotPicked : BackendVerdict.OtherTier;
    }

    private static string Why(BackendVerdict verdict, BackendStanding standing, in BackendPick pick) => verdict switch
    {
        BackendVerdict.Taken when pick.Reason == PickReason.Affinity => "taken: the session is bound to it",
        BackendVerdict.Taken when standing.Exclusion != Exclusion.None => $"taken in a panic, though {Words(standing.Exclusion)}",
        BackendVerdict.Taken => "taken",
        BackendVerdict.NotPicked when pick.Reason == PickReason.Affinity => "the session is bound to another",
        BackendVerdict.NotPicked => "the policy picked another",
        BackendVerdict.OtherTier => "another tier was drawn",
        BackendVerdict.LeftToWarm => "in its slow start, and left alone this time",
        BackendVerdict.Busy => $"at its limit of {standing.RequestLimit} requests at once",
        BackendVerdict.Tried => "the request has been there already",
        BackendVerdict.OutsideSubset => "lacks a label that the route asks for",
        _ when standing.Exclusion == Exclusion.None => "its tier panics and takes nothing",
        _ => Words(standing.Exclusion),
    };

    private static string Words(Exclusion exclusion) => exclusion switch
    {
        Exclusion.Maintenance => "in maintenance",
        Exclusion.Draining => "draining: it takes no new sessions",
        Exclusion.Down => "down: active probes fail",
        Exclusion.Suspect => "remembered as down and not probed since the start",
        Exclusion.Ejected => "ejected for its answers to real traffic",
        Exclusion.CircuitOpen => "its circuit is open",
        Exclusion.ZeroWeight => "its weight is 0",
        Exclusion.OutsideSubset => "lacks a label that the route asks for",
        _ => "",
    };

    private static BackendTrace TraceOf(BackendStanding standing, PoolSnapshot pool, long now, BackendVerdict verdict, string why)
    {
        var warmth = standing.WarmingSince == BackendStanding.NotWarming ? 1 : pool.Rules.SlowStart.WarmthAt(now - standing.WarmingSince);
        int? limit = standing.RequestLimit == int.MaxValue ? null : standing.RequestLimit;
        return new BackendTrace(
            standing.Backend.Name, standing.Backend.AddressText, standing.Priority, standing.Weight, standing.Labels, standing.Health,
            standing.Administrative, standing.Circuit, standing.Backend.ActiveExchanges, limit, warmth, verdict, why);
    }

    private static SubsetTrace? SubsetOf(PoolSnapshot pool, LabelSubset? subset)
    {
        if (subset is null) return null;
        var members = pool.Standings.Count(subset.Includes);
        return new SubsetTrace(subset.Labels, members, members == 0 && subset.FallsBackToAll);
    }

    private static SessionTrace? SessionOf(Backend? session, in TriedBackends tried, in ExplainingPick tracer)
    {
        if (session is null) return null;
        if (!tracer.HasRefused(session, out var exclusion)) return new SessionTrace(session.Name, null);
        var busy = tried.Contains(session) ? "the request has been there already" : "at its limit of requests at once";
        return new SessionTrace(session.Name, exclusion == Exclusion.None ? busy : Words(exclusion));
    }

    private static List<TierTrace> TiersOf(IReadOnlyList<PoolTier> tiers, PoolSnapshot pool, LabelSubset? subset, ExplainingPick tracer)
    {
        var asked = tracer.Tiers.ToList();
        return
        [
            .. from tier in tiers
               let members = pool.Standings.Where(s => s.Priority == tier.Priority && !pool.IsOutside(subset, s)).ToList()
               select new TierTrace(
                   tier.Priority, members.Count, members.Count(s => s.Exclusion == Exclusion.None), tier.Candidates.Count,
                   tier.Share, tier.IsPanic, asked.IndexOf(tier) + 1),
        ];
    }
}
