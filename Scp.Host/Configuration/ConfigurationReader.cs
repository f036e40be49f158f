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

    public static HoconSource Reference { get; } = HoconSource.FromText("reference.conf", ReadResource("reference.conf"));

    public static LoadedConfiguration Read(string file, IEnumerable<string> definitions, Func<string, string?> environment)
    {
        List<HoconSource> layers = [Reference, HoconSource.FromFile(file)];
        layers.AddRange(EnvironmentOverrides.Of(typeof(HostSettings), Section, environment));
        layers.AddRange(definitions.Select(HoconSource.FromDefinition));
        return Read(layers, environment);
    }

    /// <param name="layers">Lowest first.</param>
    /// <param name="environment">The variables that substitutions may name.</param>
    /// <param name="beside">A section that stands in the same file, or null.</param>
    public static LoadedConfiguration Read(
        IReadOnlyCollection<HoconSource> layers, Func<string, string?> environment, SectionBeside? beside = null)
    {
        var files = new TrackedFiles();
        List<OpenMapPath> openMaps = [.. SettingsKeys.OpenMaps(typeof(HostSettings), Section)];
        if (beside is not null) openMaps.AddRange(SettingsKeys.OpenMaps(beside.Type, beside.Name));
        var loaded = HoconLoader.Load(layers, environment, openMaps, files);
        var errors = new ConfigErrors();
        errors.AddRange(loaded.Errors);
        HostSettings? settings = null;
        var warnings = new ConfigErrors();
        warnings.AddRange(loaded.Warnings);
        if (!loaded.IsStructureBroken)
        {
            TopLevelKeys.Report(loaded, beside is null ? [Section, "akka"] : [Section, beside.Name, "akka"], errors, warnings);
            new AkkaKeys([ConfigurationFactory.Default(), ActorMaterializer.DefaultConfig()]).Report(loaded.Root, warnings);
            settings = Bind(loaded.Root, errors);
            beside?.Bind(loaded.Root, settings, errors);
        }

        return new LoadedConfiguration(
            errors.Count == 0 ? settings : null, loaded.Root, errors.Sorted(), warnings.Sorted(), layers, files.Paths);
    }

    /// <summary>Binds and validates the section of a tree that is resolved; null when it has errors.</summary>
    public static HostSettings? Bind(HoconObject root, ConfigErrors errors)
    {
        var settings = SettingsBinder.Bind<HostSettings>(root, Section, errors);
        if (settings is not null) SettingsValidator.Validate(settings, root, errors);
        else SettingsValidator.ValidateSections(root, errors);
        return settings;
    }

    internal static string ReadResource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Scp.Host.{name}")
            ?? throw new InvalidOperationException($"{name} is missing from the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>A section of settings beside scp in the same file.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Type">The settings record.</param>
/// <param name="Bind">Called with the resolved tree and the settings of scp, null when they have errors.</param>
internal sealed record SectionBeside(string Name, Type Type, Action<HoconObject, HostSettings?, ConfigErrors> Bind);
