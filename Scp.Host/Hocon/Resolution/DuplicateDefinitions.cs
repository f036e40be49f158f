using Scp.Host.Hocon.Syntax;

namespace Scp.Host.Hocon.Resolution;

/// <summary>
/// A name in an open map that is defined twice in one file is a mistake: two people added a route of the same name.
/// Refining a copy (<c>b = ${a}</c>, then <c>b { … }</c>) is not.
/// A plain key set twice in one file is only a warning, unless the later one refers to the environment or to itself.
/// </summary>
internal sealed class DuplicateDefinitions(ConfigErrors errors, ConfigErrors warnings)
{
    public void Report(Slot root, IReadOnlyCollection<OpenMapPath> openMaps)
    {
        foreach (var map in openMaps) ReportNames([root], map);
        ReportKeys(root);
    }

    private void ReportNames(IEnumerable<Slot> slots, OpenMapPath map)
    {
        foreach (var key in map.Path.Split('.'))
            slots = key == "*" ? slots.SelectMany(slot => slot.Children) : slots.Select(slot => slot.Find(key)).OfType<Slot>();
        foreach (var entry in slots.SelectMany(slot => slot.Children))
        {
            foreach (var (first, again) in Repeated(entry, definition => definition.Kind != DefinitionKind.Open))
            {
                errors.Add(again.KeyOrigin, PathText.Join(entry.Path()),
                    $"duplicate {map.Noun} name '{entry.Key}', first defined at {first.KeyOrigin}; rename or remove one of them");
            }
        }
    }

    private void ReportKeys(Slot slot)
    {
        foreach (var (first, again) in Repeated(slot, IsLiteral))
        {
            warnings.Add(again.KeyOrigin, PathText.Join(slot.Path()),
                $"set twice in this file; this value replaces the one at {first.KeyOrigin}");
        }
        foreach (var child in slot.Children) ReportKeys(child);
    }

    /// <summary>Definitions that repeat an earlier one of the same file; parts of one statement count once.</summary>
    private static IEnumerable<(Definition First, Definition Again)> Repeated(Slot slot, Func<Definition, bool> counts)
    {
        var firsts = new Dictionary<int, Definition>();
        foreach (var definition in slot.Definitions)
        {
            if (!definition.IsWhole || !counts(definition)) continue;
            if (!firsts.TryAdd(definition.Source, definition) && firsts[definition.Source].KeyOrigin != definition.KeyOrigin)
                yield return (firsts[definition.Source], definition);
        }
    }

    private static bool IsLiteral(Definition definition) =>
        definition is { Kind: DefinitionKind.Replacement, Appends: false } && definition.Value!.Parts is [SyntaxText or SyntaxArray];
}
