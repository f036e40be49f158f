using System.Collections.Immutable;

namespace Scp.Host.Hocon;

/// <summary>A configuration read, resolved and bound; <see cref="Settings"/> is null when there are errors.</summary>
public sealed record LoadedSettings<T>(T? Settings, HoconObject Root, ImmutableArray<ConfigError> Errors, ImmutableArray<ConfigError> Warnings)
    where T : class;
