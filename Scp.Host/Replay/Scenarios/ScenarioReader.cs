using Scp.Host.Configuration;
using Scp.Host.Hocon;
using Scp.Host.Hocon.Binding;

namespace Scp.Host.Replay.Scenarios;

/// <summary>
/// Reads the two sections of a scenario, scp and scenario, with the strict front end that configurations have: every mistake at
/// once, each at its place.
/// </summary>
internal static class ScenarioReader
{
    public const string Section = "scenario";

    public static HoconSource Reference { get; } =
        HoconSource.FromText("scenario-reference.conf", ConfigurationReader.ReadResource("scenario-reference.conf"));

    public static LoadedScenario Read(string file, IEnumerable<string> definitions, Func<string, string?> environment) =>
        Read([HoconSource.FromFile(file), .. definitions.Select(HoconSource.FromDefinition)], environment);

    public static LoadedScenario Read(IEnumerable<HoconSource> files, Func<string, string?> environment)
    {
        List<HoconSource> layers = [ConfigurationReader.Reference, Reference, .. files];
        Scenario? scenario = null;
        var loaded = ConfigurationReader.Read(layers, environment, new SectionBeside(Section, typeof(ScenarioSettings), Bind));
        return new LoadedScenario(loaded.Errors.IsEmpty ? scenario : null, loaded.Errors, loaded.Warnings, layers);

        void Bind(HoconObject root, HostSettings? proxy, ConfigErrors errors)
        {
            if (SettingsBinder.Bind<ScenarioSettings>(root, Section, errors) is not { } script || proxy is null) return;
            var reloads = Reloads(root, script, errors);
            ScenarioValidator.Validate(script, [proxy, .. reloads.Values], root, errors);
            scenario = new Scenario(proxy, script, reloads);
        }
    }

    private static Dictionary<Operation, HostSettings> Reloads(HoconObject root, ScenarioSettings script, ConfigErrors errors)
    {
        var reloads = new Dictionary<Operation, HostSettings>(ReferenceEqualityComparer.Instance);
        foreach (var operation in script.Operations.OrderBy(o => o.At))
        {
            if (operation.Reload is not { } changes) continue;
            foreach (var field in changes.Fields.Where(f => f.Key != ConfigurationReader.Section))
                errors.Add(field.KeyOrigin, field.Key, $"a reload changes keys below {ConfigurationReader.Section}");
            root = HoconObject.Merge(root, changes); // and what the next one changes lies over it
            if (ConfigurationReader.Bind(root, errors) is { } settings) reloads[operation] = settings;
        }

        return reloads;
    }
}
