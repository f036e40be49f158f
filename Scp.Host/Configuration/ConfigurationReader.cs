using System.Reflection;
using Akka.Configuration;
using Akka.Streams;
using Scp.Host.Hocon;
using Scp.Host.Hocon.Binding;

namespace Scp.Host.Configuration;

/// <summary>
/// Reads the layers of a configuration (reference.conf, the file, the environment, -D definitions), binds and validates them. Reports
/// every mistake at once and never throws on what a file contains.
/// </summary>
internal static class ConfigurationReader
{
    public const string Section = "scp";

    /// <summary>The file that is used when none is named: beside the program.</summary>
    public static string DefaultFile => Path.Combine(AppContext.BaseDirectory, "scp.conf");

    public static HoconSource Reference { get; } = HoconSource.FromText("reference.conf", ReadReference());

    public static LoadedConfiguration Read(string file, IEnumerable<string> definitions, Func<string, string?> environment)
    {
        List<HoconSource> layers = [Reference, HoconSource.FromFile(file)];
        layers.AddRange(EnvironmentOverrides.Of(typeof(HostSettings), Section, environment));
        layers.AddRange(definitions.Select(HoconSource.FromDefinition));
        return Read(layers, environment);
    }

    public static LoadedConfiguration Read(IReadOnlyCollection<HoconSource> layers, Func<string, string?> environment)
    {
        var files = new TrackedFiles();
        var loaded = HoconLoader.Load(layers, environment, SettingsKeys.OpenMaps(typeof(HostSettings), Section), files);
        var errors = new ConfigErrors();
        errors.AddRange(loaded.Errors);
        HostSettings? settings = null;
        var warnings = new ConfigErrors();
        warnings.AddRange(loaded.Warnings);
        if (!loaded.IsStructureBroken)
        {
            TopLevelKeys.Report(loaded, [Section, "akka"], errors, warnings);
            new AkkaKeys([ConfigurationFactory.Default(), ActorMaterializer.DefaultConfig()]).Report(loaded.Root, warnings);
            settings = SettingsBinder.Bind<HostSettings>(loaded.Root, Section, errors);
            if (settings is not null) SettingsValidator.Validate(settings, loaded.Root, errors);
            else SettingsValidator.ValidateSections(loaded.Root, errors);
        }

        return new LoadedConfiguration(
            errors.Count == 0 ? settings : null, loaded.Root, errors.Sorted(), warnings.Sorted(), layers, files.Paths);
    }

    private static string ReadReference()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Scp.Host.reference.conf")
            ?? throw new InvalidOperationException("reference.conf is missing from the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
