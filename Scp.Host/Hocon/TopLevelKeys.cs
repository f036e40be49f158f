using Scp.Host.Hocon.Binding;

namespace Scp.Host.Hocon;

/// <summary>
/// Top-level keys are free, so that files can define values for their substitutions. One that no substitution uses does
/// nothing: a warning, or an error when it looks like a misspelt section.
/// </summary>
public static class TopLevelKeys
{
    public static void Report(HoconResult loaded, IReadOnlyCollection<string> sections, ConfigErrors errors, ConfigErrors warnings)
    {
        foreach (var field in loaded.Root.Fields)
        {
            if (sections.Contains(field.Key) || loaded.ReferencedRoots.Contains(field.Key)) continue;
            if (EditDistance.Nearest(field.Key, sections) is { } near)
                errors.Add(field.KeyOrigin, field.Key, $"unknown section '{field.Key}'; did you mean '{near}'?");
            else
                warnings.Add(field.KeyOrigin, field.Key, $"nothing uses this key; settings belong below {string.Join(" or ", sections)}");
        }
    }
}
