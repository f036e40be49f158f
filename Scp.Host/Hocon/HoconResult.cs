using System.Collections.Immutable;

namespace Scp.Host.Hocon;

/// <summary>
/// The resolved configuration and everything wrong with it. The root is there even with errors, so that binding can go on
/// and report more; when <see cref="IsStructureBroken"/> that would be noise, because keys may be in the wrong section.
/// </summary>
public sealed record HoconResult(HoconObject Root, ImmutableArray<ConfigError> Errors, ImmutableArray<ConfigError> Warnings)
{
    public bool IsStructureBroken { get; init; }

    /// <summary>First elements of the paths that substitutions looked up.</summary>
    public IReadOnlySet<string> ReferencedRoots { get; init; } = ImmutableHashSet<string>.Empty;

    public bool IsValid => Errors.IsEmpty;
}
