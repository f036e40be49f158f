using Scp.Actors.Health;
using Scp.Streams.Dispatch;

namespace Scp.Actors.BackendPools;

/// <summary>What real traffic says: of the backend among the others, of its circuit, of the pool's circuit.</summary>
internal static class OutcomeRules
{
    public static IReadOnlyList<PoolEvent> Decide(BackendPoolState pool, BackendState backend, OutcomesObserved observed, long now)
    {
        var events = new List<PoolEvent>();
        if (!observed.Tally.IsEmpty) Add(new OutcomesCounted(backend.Name, observed.Tally, now));
        if (OutlierRules.Decide(pool, pool.Backends[backend.Name], observed, now) is { } ejected) Add(ejected);
        if (CircuitRules.OfBackend(pool, pool.Backends[backend.Name], observed.Tally, now) is { } step) Add(step);
        if (CircuitRules.OfPool(pool, observed.Tally, now) is { } poolStep) Add(poolStep);
        return events;

        void Add(PoolEvent happened)
        {
            events.Add(happened);
            pool = pool.Apply(happened);
        }
    }
}
