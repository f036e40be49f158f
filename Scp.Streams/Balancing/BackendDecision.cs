using Scp.Streams.Dispatch;
using Scp.Streams.Messages;

namespace Scp.Streams.Balancing;

/// <summary>Why no backend was picked.</summary>
public enum PickRefusal : byte
{
    None,

    /// <summary>No backend of the pool may take requests.</summary>
    NoneAvailable,

    /// <summary>All that may take requests have been tried for this one.</summary>
    AllTried,

    /// <summary>All that are left are at their limit of requests at once, or the session's is and the pool does not look for another.</summary>
    AllBusy,

    /// <summary>The backend that the session is bound to cannot take it, and the pool does not look for another.</summary>
    SessionBackendGone,

    /// <summary>The circuit of the whole pool is open, or half open and the requests that try it are with a backend.</summary>
    CircuitOpen,
}

/// <summary>How a backend came to be picked.</summary>
public enum PickReason : byte
{
    None,
    Policy,
    Affinity,
}

/// <summary>What the decision came to.</summary>
/// <param name="Standing">The backend, or null.</param>
/// <param name="Reason">How it was picked.</param>
/// <param name="Refusal">Why there is none.</param>
public readonly record struct BackendPick(BackendStanding? Standing, PickReason Reason, PickRefusal Refusal)
{
    public Backend? Backend => Standing?.Backend;

    /// <summary>The session's own backend is only busy: this one takes the request, not the session.</summary>
    public bool IsForOnce { get; init; }
}

/// <summary>What a request asks of a pool.</summary>
/// <param name="Key">The hash for policies that need one.</param>
/// <param name="Subset">Labels that its backend must carry; null for any.</param>
/// <param name="Session">The backend that its session is bound to; null for none.</param>
public readonly record struct PickRequest(ulong Key, LabelSubset? Subset, Backend? Session)
{
    /// <summary>What a request asks of the pool that its route leads to. Live traffic and explanations ask it here.</summary>
    public static PickRequest Of(RequestHead request, Route route, PoolSnapshot pool, PickRandom random) =>
        new(pool.KeyOf(request, random), route.Subset, pool.SessionOf(request));
}

/// <summary>Watches a decision. A struct as a type argument, so the one that watches nothing costs nothing.</summary>
public interface IPickTracer
{
    /// <summary>The session's backend was asked for and refused.</summary>
    void SessionRefused(Backend backend, Exclusion exclusion);

    /// <summary>A tier was drawn, or came next because the one before had nobody.</summary>
    void TierChosen(PoolTier tier);

    /// <summary>The policy named a backend that was left alone because it is in its slow start.</summary>
    void LeftToWarm(Backend backend);
}

/// <summary>Live traffic.</summary>
public readonly struct SilentPick : IPickTracer
{
    public void SessionRefused(Backend backend, Exclusion exclusion)
    {
    }

    public void TierChosen(PoolTier tier)
    {
    }

    public void LeftToWarm(Backend backend)
    {
    }
}

/// <summary>
/// The one decision which backend takes a request: a pure function of the request, the snapshot, the loads, now and the random.
/// Session first, then a tier, then the pool's policy; what is in its slow start is left alone with the probability that is missing.
/// </summary>
public static class BackendDecision
{
    /// <summary>How often a warming backend may be declined in favour of another pick.</summary>
    private const int WarmingRedraws = 3;

    public static BackendPick Pick<TTracer>(
        PoolSnapshot pool, in PickRequest request, in TriedBackends tried, long now, PickRandom random, ref TTracer tracer)
        where TTracer : struct, IPickTracer
    {
        if (!pool.Circuit.Admits(pool.Load)) return new BackendPick(null, PickReason.None, PickRefusal.CircuitOpen);
        var isForOnce = false;
        if (request.Session is { } session)
        {
            if (TakeSession(pool, session, request.Subset, tried, ref tracer, out var pick)) return pick;
            isForOnce = pick.Refusal == PickRefusal.AllBusy;
        }

        var tiers = pool.TiersFor(request.Subset);
        var drawn = tiers.Draw(random);
        if (drawn < 0) return new BackendPick(null, PickReason.None, isForOnce ? PickRefusal.AllBusy : PickRefusal.NoneAvailable);
        var context = new PickContext(request.Key, now, random);
        var index = PickIn(pool, tiers[drawn], context, tried, ref tracer);
        if (index >= 0) return Picked(tiers[drawn], index, isForOnce);

        // Tried or busy all of them: the other tiers are better than none, in order.
        for (var i = 0; i < tiers.Count; i++)
        {
            if (i == drawn) continue;
            index = PickIn(pool, tiers[i], context, tried, ref tracer);
            if (index >= 0) return Picked(tiers[i], index, isForOnce);
        }

        return new BackendPick(null, PickReason.None, isForOnce ? PickRefusal.AllBusy : RefusalOf(tiers, tried));
    }

    private static BackendPick Picked(PoolTier tier, int index, bool isForOnce) =>
        new(tier.Candidates.Standings[index], PickReason.Policy, PickRefusal.None) { IsForOnce = isForOnce };

    private static int PickIn<TTracer>(
        PoolSnapshot pool, PoolTier tier, in PickContext context, in TriedBackends tried, ref TTracer tracer)
        where TTracer : struct, IPickTracer
    {
        var candidates = tier.Candidates;
        if (candidates.Count == 0) return -1;
        tracer.TierChosen(tier);
        var index = pool.Policy.Pick(context, candidates, tried);
        if (!candidates.HasWarming || index < 0) return index;
        var declined = tried;
        for (var redraws = WarmingRedraws; redraws > 0; redraws--)
        {
            if (context.Random.NextDouble() < candidates.WarmthOf(index, context.Now)) return index;
            tracer.LeftToWarm(candidates.Backends[index]);
            declined.Add(candidates.Backends[index]);
            var next = pool.Policy.Pick(context, candidates, declined);
            if (next < 0) return index; // nobody else: better a cold one
            index = next;
        }

        return index;
    }

    private static bool TakeSession<TTracer>(
        PoolSnapshot pool, Backend session, LabelSubset? subset, in TriedBackends tried, ref TTracer tracer, out BackendPick pick)
        where TTracer : struct, IPickTracer
    {
        var standing = pool.StandingOf(session);
        var exclusion = standing is null ? Exclusion.Down
            : pool.IsOutside(subset, standing) ? Exclusion.OutsideSubset
            : standing.AffinityExclusion;
        var mayTake = exclusion == Exclusion.None && !tried.Contains(session);
        if (mayTake && session.ActiveExchanges < standing!.RequestLimit)
        {
            pick = new BackendPick(standing, PickReason.Affinity, PickRefusal.None);
            return true;
        }

        tracer.SessionRefused(session, exclusion);
        pick = new BackendPick(null, PickReason.None, mayTake ? PickRefusal.AllBusy : PickRefusal.SessionBackendGone);
        return pool.Rules.FailsWithoutSession && exclusion != Exclusion.OutsideSubset; // another route began that session
    }

    private static PickRefusal RefusalOf(PoolTiers tiers, in TriedBackends tried)
    {
        var refusal = PickRefusal.NoneAvailable;
        foreach (var tier in tiers.All)
        {
            foreach (var backend in tier.Candidates.Backends)
            {
                if (!tried.Contains(backend)) return PickRefusal.AllBusy;
                refusal = PickRefusal.AllTried;
            }
        }

        return refusal;
    }
}
