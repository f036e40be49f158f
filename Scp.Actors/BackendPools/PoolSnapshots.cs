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
        var backends = new List<Backend>();
        foreach (var backend in settings.Backends)
        {
            var backendName = backend.Name.Length > 0 ? backend.Name : backend.Address;
            EndPointText.TryParse(backend.Address, forListening: false, out var address);
            backends.Add(
                previous?.Backends.FirstOrDefault(b => b.Name == backendName && b.Address.Equals(address))
                ?? new Backend(backendName, address, metrics(name, backendName)));
        }

        var policy = previous?.Policy.Name == settings.LoadBalancing ? previous.Policy : Policies.Create(settings.LoadBalancing);
        return new PoolSnapshot(
            name, [.. backends.Select(b => new BackendStanding(b))], policy, settings.Connections, load: previous?.Load)
        {
            Retries = settings.Retries,
        };
    }
}
