using Scp.Actors.Health;
using Scp.Streams.Balancing;

namespace Scp.Tests.Actors.Health;

/// <summary>Facts of backends.</summary>
internal static class Facts
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static RememberedBackend Of(
        string backend, HealthStatus health = HealthStatus.Up, AdministrativeState administrative = AdministrativeState.Ready,
        CircuitState circuit = CircuitState.Closed, int? weight = null) =>
        new("pool", backend, Start, "test", health, administrative, circuit, weight);
}
