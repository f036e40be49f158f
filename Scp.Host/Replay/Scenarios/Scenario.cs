using System.Collections.Immutable;
using Scp.Host.Hocon;

namespace Scp.Host.Replay.Scenarios;

/// <summary>A scenario that was read and found good.</summary>
/// <param name="Proxy">The configuration that the proxy starts with.</param>
/// <param name="Script">What happens and what must come of it.</param>
/// <param name="Reloads">The configuration after each operation that reloads.</param>
internal sealed record Scenario(HostSettings Proxy, ScenarioSettings Script, IReadOnlyDictionary<Operation, HostSettings> Reloads);

/// <summary>What reading a scenario gave.</summary>
/// <param name="Scenario">Null when there are errors.</param>
/// <param name="Errors">Every mistake, sorted by place.</param>
/// <param name="Warnings">What works but is probably not meant.</param>
/// <param name="Layers">Where it was read from.</param>
internal sealed record LoadedScenario(
    Scenario? Scenario, ImmutableArray<ConfigError> Errors, ImmutableArray<ConfigError> Warnings, IReadOnlyCollection<HoconSource> Layers);
