using System.Collections.Immutable;

namespace Scp.Host.Hocon;

/// <summary>
/// The resolved configuration and everything wrong with it. The root is there even with errors, so that binding can go on
/// and report more; when <see cref="IsStructureBroken"/> that would be noise, because keys may be in the wrong section.
/// </summary>
public sealed record HoconResult(HoconObject Root, ImmutableArray<ConfigError> Errors, ImmutableArray<ConfigError> Warnings, bool IsStructureBroken)
{
    public bool IsValid => Errors.IsEmpty;
}
