using Scp.Host.Hocon.Syntax;

namespace Scp.Host.Hocon.Binding;

/// <summary>Reports keys that no setting has, with the key that was probably meant, here or in another section.</summary>
internal sealed class UnknownKeys
{
    private readonly IReadOnlyCollection<string> templates;
    private readonly ILookup<string, string> pathsByKey;
    private readonly ConfigErrors errors;

    public UnknownKeys(Type root, string path, IReadOnlyCollection<string> templates, ConfigErrors errors)
    {
        this.templates = templates;
        this.errors = errors;
        pathsByKey = SettingsKeys.Walk(root, path).ToLookup(key => key.Property.Key, key => key.Path);
    }

    public void Report(HoconObject content, string path, IReadOnlyList<string> known)
    {
        foreach (var field in content.Fields)
        {
            if (known.Contains(field.Key)) continue;
            var here = PathText.Append(path, field.Key);
            if (templates.Contains(here)) continue;
            var below = templates.Where(template => template.StartsWith(here + ".", StringComparison.Ordinal)).ToList();
            if (below.Count > 0 && field.Value is HoconObject nested) Report(nested, here, []);
            else errors.Add(field.KeyOrigin, here, Sentence(field.Key, path, known));
        }
    }

    private string Sentence(string key, string path, IReadOnlyList<string> known)
    {
        var siblings = templates.Where(template => template.StartsWith(path + ".", StringComparison.Ordinal))
            .Select(template => template[(path.Length + 1)..].Split('.')[0]);
        if (EditDistance.Nearest(key, known.Concat(siblings)) is { } near) return $"unknown key '{key}'; did you mean '{near}'?";
        var elsewhere = pathsByKey[key].Take(3).ToList();
        if (elsewhere.Count > 0) return $"unknown key '{key}' here; it exists as {string.Join(", ", elsewhere)}";
        if (EditDistance.Nearest(key, pathsByKey.Select(group => group.Key)) is { } far)
            return $"unknown key '{key}'; did you mean {pathsByKey[far].First()}?";
        return known.Count is > 0 and <= 12
            ? $"unknown key '{key}'; known here: {string.Join(", ", known)}"
            : $"unknown key '{key}'; see reference.conf for the keys there are";
    }
}
