using Scp.Actors.Connections;
using Scp.Actors.LoadBalancing;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;
using Scp.Streams.Telemetry;

namespace Scp.Actors.BackendPools;

/// <summary>Builds a pool's snapshot from its state. Pure.</summary>
public static class PoolSnapshots
{
    /// <summary>The pool as the configuration describes it, before anything is known of its backends.</summary>
    public static PoolSnapshot Build(
        string name, PoolSettings settings, Func<string, string, UpstreamMetrics?> metrics, PoolSnapshot? previous = null) =>
        Build(BackendPoolState.Start(name, settings, 0), metrics, previous);

    /// <summary>Backends that were there before, by name and address, keep their identity, and with it their connections.</summary>
    public static PoolSnapshot Build(
        BackendPoolState state, Func<string, string, UpstreamMetrics?> metrics, PoolSnapshot? previous)
    {
        var settings = state.Settings;
        var known = previous?.Backends.ToDictionary(b => b.Name) ?? [];
        var standings = new BackendStanding[state.Order.Length];
        for (var i = 0; i < standings.Length; i++)
        {
            var backend = state.Backends[state.Order[i]];
            EndPointText.TryParse(backend.Settings.Address, forListening: false, out var address);
            if (!known.TryGetValue(backend.Name, out var same) || !same.Address.Equals(address))
                same = new Backend(backend.Name, address, metrics(state.Name, backend.Name));
            standings[i] = StandingOf(backend, same, settings) with
            {
                CarriedOver = previous?.StandingOf(same) is { Circuit: CircuitState.HalfOpen } before
                    ? Math.Min(before.CarriedOver, same.ActiveExchanges)
                    : same.ActiveExchanges,
            };
        }

        var policy = Policies.KeepOrCreate(previous?.Policy, settings.LoadBalancing, settings.Hash);
        var load = previous?.Load ?? new PoolLoad();
        load.Configure(settings.Queue, settings.AdaptiveConcurrency);
        return new PoolSnapshot(
            state.Name, standings, policy, settings.Connections, BalancingSettings.RulesOf(state.Name, settings, previous?.Rules), load,
            new PoolCircuit(state.Circuit.State, settings.Circuit.Pool.HalfOpenRequests)
            {
                CarriedOver = previous?.Circuit is { State: CircuitState.HalfOpen } open
                    ? Math.Min(open.CarriedOver, load.ActiveExchanges)
                    : load.ActiveExchanges,
            })
        {
            Retries = settings.Retries,
        };
    }

    private static BackendStanding StandingOf(BackendState state, Backend backend, PoolSettings settings) => new(backend)
    {
        Health = state.Health,
        Administrative = state.Administrative,
        Circuit = state.Circuit.State,
        HalfOpenRequests = settings.Circuit.Backend.HalfOpenRequests,
        Weight = state.Weight ?? state.Settings.Weight,
        Priority = state.Settings.Priority,
        Labels = state.Settings.Labels,
        MaxRequests = state.Settings.MaxRequests ?? settings.Limits.MaxRequestsPerBackend,
        WarmingSince = state.WarmingSince,
    };
}
