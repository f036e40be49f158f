using Scp.Host.Hocon.Resolution;
using Scp.Host.Hocon.Syntax;

namespace Scp.Host.Hocon;

/// <summary>
/// Reads layers, lowest first, lays them over one another and resolves substitutions across all of them. Never
/// throws on what a file contains: every problem is an error of the result.
/// </summary>
public static class HoconLoader
{
    /// <param name="layers">Lowest first: reference.conf, then files, then <c>-D</c> definitions.</param>
    /// <param name="environment">Answers substitutions that the configuration itself does not define.</param>
    /// <param name="openMaps">Paths whose keys the user chooses, such as <c>scp.routes</c>, with the word for one entry.</param>
    public static HoconResult Load(
        IEnumerable<HoconSource> layers,
        Func<string, string?> environment,
        IReadOnlyCollection<OpenMapPath>? openMaps = null,
        HoconFiles? files = null,
        HoconLimits? limits = null)
    {
        limits ??= HoconLimits.Default;
        var errors = new ConfigErrors(limits.Errors);
        var warnings = new ConfigErrors(limits.Errors);
        var session = new ParseSession(files ?? HoconFiles.Disk, limits, errors);
        var slots = new SlotBuilder();
        slots.Add(new SyntaxObject(new Origin("", 1, 1)));
        foreach (var layer in layers)
            if (session.Parse(layer) is { } content) slots.Add(content);
        var duplicates = new DuplicateDefinitions(errors, warnings);
        if (!errors.IsStructureBroken) duplicates.Report(slots.Root, openMaps ?? []);
        var resolver = new Resolver(slots.Root, environment, limits, errors);
        var root = resolver.Resolve();
        return new HoconResult(root ?? HoconObject.Empty, errors.Sorted(), warnings.Sorted())
        {
            IsStructureBroken = errors.IsStructureBroken || root is null,
            ReferencedRoots = resolver.ReferencedRoots,
        };
    }
}
