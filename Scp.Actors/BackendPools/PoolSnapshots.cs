using Scp.Actors.Connections;
using Scp.Actors.LoadBalancing;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;
using Scp.Streams.Telemetry;

namespace Scp.Actors.BackendPools;

/// <summary>Builds a pool's snapshot from its settings. Pure.</summary>
public static class PoolSnapshots
{
    /// <summary>Backends that were there before, by name and address, keep their identity, and with it their connections.</summary>
    public static PoolSnapshot Build(
        string name, PoolSettings settings, Func<string, string, UpstreamMetrics?> metrics, PoolSnapshot? previous = null)
    {
        var standings = new List<BackendStanding>();
        foreach (var backend in settings.Backends)
        {
            var backendName = backend.Name.Length > 0 ? backend.Name : backend.Address;
            EndPointText.TryParse(backend.Address, forListening: false, out var address);
            var known = previous?.Backends.FirstOrDefault(b => b.Name == backendName && b.Address.Equals(address))
                ?? new Backend(backendName, address, metrics(name, backendName));
            standings.Add(new BackendStanding(known)
            {
                Priority = backend.Priority,
                Labels = backend.Labels,
                MaxRequests = backend.MaxRequests ?? settings.Limits.MaxRequestsPerBackend,
            });
        }

        var policy = previous?.Policy.Name == settings.LoadBalancing ? previous.Policy : Policies.Create(settings.LoadBalancing);
        var load = previous?.Load ?? new PoolLoad();
        load.Configure(settings.Queue);
        return new PoolSnapshot(
            name, standings, policy, settings.Connections, BalancingSettings.RulesOf(name, settings, previous?.Rules), load)
        {
            Retries = settings.Retries,
        };
    }
}
