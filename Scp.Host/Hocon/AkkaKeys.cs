using Akka.Configuration;
using Akka.Configuration.Hocon;
using Scp.Host.Hocon.Binding;
using Scp.Host.Hocon.Syntax;

namespace Scp.Host.Hocon;

/// <summary>
/// Warns of <c>akka.*</c> keys that no reference configuration of Akka knows. Only warnings: plugins bring keys of their
/// own, and below an object that is empty in the references (deployments, serializers) any name is right.
/// </summary>
public sealed class AkkaKeys(IReadOnlyCollection<Config> references)
{
    /// <summary>Sections whose entries users name, beside those that are empty in the references.</summary>
    private static readonly string[] OpenSections =
        ["akka.actor.deployment", "akka.actor.serializers",
            "akka.actor.serialization-bindings", "akka.actor.serialization-identifiers", "akka.actor.router.type-mapping"];

    public void Report(HoconObject root, ConfigErrors warnings)
    {
        if (!root.TryFindObject("akka", out var akka)) return;
        var known = references.Select(reference => reference.Root.GetObject())
            .Where(top => top is not null && top.Items.ContainsKey("akka"))
            .Select(top => top.Items["akka"]).ToList();
        if (known.Count > 0) Report(akka, "akka", known, warnings);
    }

    private static void Report(HoconObject content, string path, List<Akka.Configuration.Hocon.HoconValue> known, ConfigErrors warnings)
    {
        var objects = known.Where(value => value.IsObject()).Select(value => value.GetObject()).ToList();
        var names = objects.SelectMany(value => value.Items.Keys).Distinct().ToList();
        if (names.Count == 0 || OpenSections.Contains(path)) return;
        foreach (var field in content.Fields)
        {
            var here = PathText.Append(path, field.Key);
            var matches = objects.Where(value => value.Items.ContainsKey(field.Key)).Select(value => value.Items[field.Key]).ToList();
            if (matches.Count > 0)
            {
                if (field.Value is HoconObject nested) Report(nested, here, matches, warnings);
            }
            else if (!IsNamedByUser(field.Value))
            {
                var near = EditDistance.Nearest(field.Key, names);
                warnings.Add(field.KeyOrigin, here, near is null
                    ? $"Akka knows no key '{field.Key}' here" : $"Akka knows no key '{field.Key}' here; did you mean '{near}'?");
            }
        }
    }

    /// <summary>A dispatcher, mailbox or plugin that the user names has a type or class of its own.</summary>
    private static bool IsNamedByUser(HoconValue value) =>
        value is HoconObject content && content.Fields.Any(field => field.Key is "type" or "class" or "mailbox-type" or "executor");
}
