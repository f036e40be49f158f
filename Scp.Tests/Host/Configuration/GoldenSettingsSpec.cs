using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Scp.Host.Configuration;
using Scp.Host.Hocon;
using Scp.Host.Hocon.Output;

namespace Scp.Tests.Host.Configuration;

/// <summary>
/// Golden/host/x.conf is read as scpd reads its file; x.expected holds what the terminal shows: warnings and errors, or for a good file what
/// print-config prints with origins, as far as it differs from reference.conf. SCP_UPDATE_GOLDEN=1 rewrites the expectations.
/// </summary>
public partial class GoldenSettingsSpec
{
    public static TheoryData<string> Names =>
        new(Directory.GetFiles(Folder(), "*.conf").Select(Path.GetFileNameWithoutExtension).OfType<string>().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_means(string name)
    {
        var file = Path.Combine(Folder(), $"{name}.expected");
        var actual = Describe(Read(name));
        if (Environment.GetEnvironmentVariable("SCP_UPDATE_GOLDEN") == "1") File.WriteAllText(file, actual);
        Assert.Equal(File.ReadAllText(file), actual);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Only_a_good_file_gives_settings(string name)
    {
        var loaded = Read(name);
        Assert.Equal(name.StartsWith("good-", StringComparison.Ordinal), loaded.Settings is not null);
        Assert.Equal(loaded.Errors.IsEmpty, loaded.Settings is not null);
    }

    private static LoadedConfiguration Read(string name) => ConfigurationReader.Read(
        [ConfigurationReader.Reference, HoconSource.FromFile(Path.Combine(Folder(), $"{name}.conf"))],
        variable => variable == "GOLDEN_HOST" ? "golden.example" : null);

    private static string Describe(LoadedConfiguration loaded)
    {
        var report = ConfigReport.For(loaded.Layers);
        var text = loaded.Warnings.IsEmpty ? "" : $"Warnings:\n{report.Format(loaded.Warnings)}";
        text += loaded.Errors.IsEmpty ? HoconPrinter.Print(Changed(loaded.Root), new PrintOptions(Origins: true)) : report.Format(loaded.Errors);
        text = text.Replace(Folder() + Path.DirectorySeparatorChar, "", StringComparison.Ordinal); // the same on every machine
        return ReferenceLine().Replace(text, "reference.conf:N$2N"); // and whatever keys are added before it
    }

    [GeneratedRegex("reference\\.conf:([0-9]+)(:.*\n +)\\1(?= \\|)")]
    private static partial Regex ReferenceLine();

    /// <summary>Only what the file under test says.</summary>
    private static HoconObject Changed(HoconObject content) => new(content.Origin, content.Fields
        .Select(field => field.Value is HoconObject nested ? field with { Value = Changed(nested) } : field)
        .Where(field => field.Value is HoconObject { Fields.Count: > 0 } || (field.Value is not HoconObject && field.Value.Origin.File != "reference.conf")));

    private static string Folder([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../Golden/host"));
}
