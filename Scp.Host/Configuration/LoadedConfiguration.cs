using System.Collections.Immutable;
using Scp.Host.Hocon;

namespace Scp.Host.Configuration;

/// <summary>A configuration after everything was checked.</summary>
/// <param name="Settings">The settings, null when there are errors.</param>
/// <param name="Root">The resolved tree, for printing and for Akka.</param>
/// <param name="Errors">Every mistake, sorted by place.</param>
/// <param name="Warnings">What works but is probably not meant.</param>
/// <param name="Layers">Where it was read from.</param>
/// <param name="Files">Full paths of the files, includes too.</param>
internal sealed record LoadedConfiguration(
    HostSettings? Settings, HoconObject Root, ImmutableArray<ConfigError> Errors, ImmutableArray<ConfigError> Warnings,
    IReadOnlyCollection<HoconSource> Layers, IReadOnlyCollection<string> Files);
