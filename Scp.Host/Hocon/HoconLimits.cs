namespace Scp.Host.Hocon;

/// <summary>
/// What a configuration may cost. Each number is far above an honest configuration (10,000 routes are about 3 MiB) and
/// low enough that a hostile file ends in an error within seconds and a few hundred megabytes.
/// </summary>
public sealed record HoconLimits
{
    public static HoconLimits Default { get; } = new();

    /// <summary>Bytes of one file.</summary>
    public int FileBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Bytes of all files together, includes counted each time they are read.</summary>
    public long TotalBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Levels of objects and lists, counting every element of a dotted key and the place of an include.</summary>
    public int Nesting { get; init; } = 64;

    /// <summary>Include statements followed, over all layers.</summary>
    public int Includes { get; init; } = 1000;

    /// <summary>Files that include one another.</summary>
    public int IncludeChain { get; init; } = 32;

    /// <summary>Keys and list elements, over all layers.</summary>
    public int Values { get; init; } = 2_000_000;

    /// <summary>Substitutions that lead to one another before the first of them has a value.</summary>
    public int SubstitutionChain { get; init; } = 64;

    /// <summary>Size of a value when printed, after substitution: stops a few lines from standing for gigabytes.</summary>
    public long ExpandedSize { get; init; } = 32L * 1024 * 1024;

    /// <summary>Steps of resolution; only a maze of references to enclosing objects comes near.</summary>
    public long ResolutionSteps { get; init; } = 8_000_000;

    /// <summary>Errors kept; beyond, one more says that there are more.</summary>
    public int Errors { get; init; } = 200;
}
