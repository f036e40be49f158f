using Scp.Host.Hocon.Binding;

namespace Scp.Host.Hocon;

/// <summary>From layers to settings in one step: what the host, <c>scpd check</c> and a reload all do.</summary>
public static class SettingsLoader
{
    /// <summary>
    /// Layers are lowest first and begin with reference.conf. Variables such as SCP_LIMITS_IDLE_TIMEOUT come on top of them,
    /// and <paramref name="definitions"/> (<c>-D key=value</c>) on top of those.
    /// </summary>
    public static LoadedSettings<T> Load<T>(
        string path, IEnumerable<HoconSource> layers, IEnumerable<string> definitions, Func<string, string?> environment, HoconFiles? files = null, AkkaKeys? akka = null)
        where T : class
    {
        var overrides = EnvironmentOverrides.Of(typeof(T), path, environment).Concat(definitions.Select(HoconSource.FromDefinition));
        var loaded = HoconLoader.Load(layers.Concat(overrides), environment, SettingsKeys.OpenMaps(typeof(T), path), files);
        var errors = new ConfigErrors();
        var warnings = new ConfigErrors();
        errors.AddRange(loaded.Errors);
        warnings.AddRange(loaded.Warnings);
        T? settings = null;
        if (!loaded.IsStructureBroken)
        {
            settings = SettingsBinder.Bind<T>(loaded.Root, path, errors);
            TopLevelKeys.Report(loaded, [path, "akka"], errors, warnings);
            akka?.Report(loaded.Root, warnings);
        }
        return new LoadedSettings<T>(errors.Count == 0 ? settings : null, loaded.Root, errors.Sorted(), warnings.Sorted());
    }
}
