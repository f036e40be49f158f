using System.Runtime.CompilerServices;
using Scp.Host.Hocon;
using Scp.Host.Hocon.Binding;
using Scp.Host.Hocon.Output;

namespace Scp.Tests.Host.Hocon;

/// <summary>
/// Golden/config/x.conf goes in; x.expected holds the errors as the terminal shows them, or the effective configuration
/// where it differs from the reference. SCP_UPDATE_GOLDEN=1 rewrites the expectations.
/// </summary>
public class GoldenConfigurationSpec
{
    public static TheoryData<string> Names => new(Directory.GetFiles(Folder(), "*.conf").Select(Path.GetFileNameWithoutExtension).OfType<string>().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void Configuration_means(string name)
    {
        var file = Path.Combine(Folder(), $"{name}.expected");
        var actual = Describe(name);
        if (Environment.GetEnvironmentVariable("SCP_UPDATE_GOLDEN") == "1") File.WriteAllText(file, actual);
        Assert.Equal(File.ReadAllText(file), actual);
    }

    private static string Describe(string name)
    {
        HoconSource[] layers =
        [
            HoconSource.FromText("reference.conf", SampleConfiguration.Reference),
            HoconSource.FromText($"{name}.conf", File.ReadAllText(Path.Combine(Folder(), $"{name}.conf"))),
        ];
        var files = new FolderFiles(Folder());
        var loaded = HoconLoader.Load(layers, variable => variable == "GOLDEN_HOST" ? "golden.example" : null, SettingsKeys.OpenMaps(typeof(SampleSettings), "scp"), files);
        var (_, errors) = SampleConfiguration.Bind(loaded);
        var report = ConfigReport.For(layers, files).Format(errors.Count > 0 ? errors : loaded.Warnings);
        return errors.Count > 0 ? report : report + HoconPrinter.Print(Changed(loaded.Root), new PrintOptions(Origins: true));
    }

    /// <summary>Only what the file under test says.</summary>
    private static HoconObject Changed(HoconObject content) => new(content.Origin, content.Fields
        .Select(field => field.Value is HoconObject nested ? field with { Value = Changed(nested) } : field)
        .Where(field => field.Value is HoconObject { Fields.Count: > 0 } || (field.Value is not HoconObject && field.Value.Origin.File != "reference.conf")));

    private static string Folder([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../Golden/config"));

    /// <summary>Names in errors stay relative, so that expectations are the same on every machine.</summary>
    private sealed class FolderFiles(string folder) : HoconFiles
    {
        public override bool Exists(string path) => Disk.Exists(Path.Combine(folder, path));
        public override FileReading Read(string path, int limit) => Disk.Read(Path.Combine(folder, path), limit);
    }
}
