using System.Collections.Immutable;
using Scp.Actors.Health;
using Scp.Streams.Balancing;

namespace Scp.Actors.BackendPools;

/// <summary>
/// What was remembered through a restart. An operator's word holds; health is a hint: a backend that was not up gets no request before
/// a probe has passed, unless it has proven itself meanwhile.
/// </summary>
internal static class RecallRules
{
    public static List<PoolEvent> Decide(BackendPoolState pool, RecallStandings command, long now)
    {
        var events = new List<PoolEvent>();
        var own = command.Backends.Where(b => b.Pool == pool.Name).ToList();
        var strangers = own.Where(b => !pool.Backends.ContainsKey(b.Backend)).ToImmutableArray();
        if (!strangers.IsEmpty) events.Add(new StandingsKept(strangers, now));
        foreach (var remembered in own)
            if (pool.Backends.TryGetValue(remembered.Backend, out var backend)) events.AddRange(Of(backend, remembered, now));
        return events;
    }

    public static IEnumerable<PoolEvent> Of(BackendState backend, RememberedBackend remembered, long now)
    {
        var says = (remembered.Administrative, remembered.Weight);
        if (!backend.IsAdministered && says != (backend.Administrative, backend.Weight))
            yield return new AdministrationChanged(backend.Name, remembered.Administrative, remembered.Weight, IsRecalled: true, now);
        var wasWell = remembered is { Health: HealthStatus.Up, Circuit: CircuitState.Closed };
        if (!wasWell && !backend.IsProven && backend.Health == HealthStatus.Up)
            yield return new BackendSuspected(backend.Name, $"remembered as {Word(remembered)}", now);
    }

    private static string Word(RememberedBackend remembered) => remembered switch
    {
        { Health: HealthStatus.Ejected } => "ejected",
        { Health: HealthStatus.Up } => "with an open circuit",
        _ => "down",
    };
}
