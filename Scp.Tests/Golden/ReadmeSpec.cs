using System.Text.RegularExpressions;
using Scp.Host;
using Scp.Host.Configuration;
using Scp.Host.Hocon;
using Scp.Host.Hocon.Binding;
using Scp.Tests.Support;

namespace Scp.Tests.Golden;

/// <summary>What our READMEs name is there: files, folders, types and configuration keys.</summary>
public partial class ReadmeSpec
{
    private static readonly string[] Documents =
    [
        "README.md", "CHANGELOG.md", "Scp.Streams/README.md", "Scp.Actors/README.md", "Scp.Host/README.md", "hocon/README.md", "Scp.Tests/README.md",
    ];

    private static readonly HashSet<string> TopLevel = [.. Directory.GetFileSystemEntries(Repository.Root).Select(Path.GetFileName).OfType<string>()];

    private static readonly HoconObject Reference = HoconLoader.Load([ConfigurationReader.Reference], _ => null).Root;

    public static TheoryData<string> All => [.. Documents];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_path_it_names_exists(string document)
    {
        var paths = Quoted(document).Where(IsPath);

        Assert.DoesNotContain(paths, path => !Exists(document, path));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_link_leads_to_a_file(string document)
    {
        var links = LinkTarget().Matches(Text(document)).Select(m => m.Groups[1].Value).Where(l => !l.Contains("://", StringComparison.Ordinal) && l[0] != '#');

        Assert.DoesNotContain(links, link => !Exists(document, link.Split('#')[0]));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_configuration_key_it_names_exists(string document)
    {
        var keys = SettingsKeys.Walk(typeof(HostSettings), ConfigurationReader.Section).Select(k => k.Path).ToList();
        var named = Key().Matches(Text(document)).Select(m => m.Value.TrimEnd('.')).Where(k => !k.EndsWith(".conf", StringComparison.Ordinal));

        Assert.DoesNotContain(named, key => !keys.Any(known => Fits(known, key)) && Reference.Find(key) is null);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_type_it_names_exists(string document)
    {
        var types = new[] { typeof(HostSettings), typeof(Scp.Actors.ProxyActor), typeof(Scp.Streams.ConnectionBlueprint), typeof(ReadmeSpec) }
            .SelectMany(t => t.Assembly.GetTypes()).Select(t => t.Name.Split('`')[0]).ToHashSet();
        var named = Quoted(document).Where(q => TypeName().IsMatch(q));

        Assert.DoesNotContain(named, name => !types.Contains(name));
    }

    [Fact]
    public void Every_document_names_something() => Assert.All(Documents.Except(["CHANGELOG.md"]), d => Assert.Contains(Quoted(d), IsPath));

    [Fact]
    public void The_test_command_of_the_README_is_what_CI_runs()
    {
        const string Command = "dotnet test -c Release";

        Assert.Contains($"\n{Command}\n", Text("README.md"));
        Assert.EndsWith($"\n{Command}\n", Text(".ci/run"));
    }

    private static string Text(string document) => File.ReadAllText(Repository.Path(document));

    /// <summary>What stands in backquotes on one line.</summary>
    private static IEnumerable<string> Quoted(string document) => Inline().Matches(Text(document)).Select(m => m.Groups[1].Value);

    /// <summary>A path begins with something at the top of the repository, or ends with the name of a file of ours.</summary>
    private static bool IsPath(string quoted) =>
        !quoted.Contains(' ') && (TopLevel.Contains(quoted.Split('/')[0]) || FileName().IsMatch(quoted));

    private static bool Exists(string document, string path)
    {
        var beside = Path.Combine(Path.GetDirectoryName(Repository.Path(document))!, path);
        return Path.Exists(Repository.Path(path)) || Path.Exists(beside) || Glob(Repository.Root, path) || Glob(Path.GetDirectoryName(Repository.Path(document))!, path);
    }

    private static bool Glob(string root, string path) =>
        path.Contains('*') && Directory.Exists(Path.Combine(root, Path.GetDirectoryName(path)!))
        && Directory.GetFileSystemEntries(Path.Combine(root, Path.GetDirectoryName(path)!), Path.GetFileName(path)).Length > 0;

    /// <summary>A whole key or a section of keys; names of entries match the star of an open map.</summary>
    private static bool Fits(string known, string key)
    {
        var (ours, theirs) = (known.Split('.'), key.Split('.'));
        return theirs.Length <= ours.Length && ours.Zip(theirs).All(pair => pair.First is "*" || pair.First == pair.Second);
    }

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Inline();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex LinkTarget();

    [GeneratedRegex(@"(?<![\w/.-])scp\.[a-z*][a-z0-9.*-]*[a-z0-9*]")]
    private static partial Regex Key();

    [GeneratedRegex(@"^[\w./*-]+\.(cs|conf|md|csproj|sln|sh)$")]
    private static partial Regex FileName();

    [GeneratedRegex(@"^[A-Z]\w+(Actor|Stage|Layer|Blueprint|Filter|Policy|Settings|Validator|Store|Snapshot|Directory|Cell|State|Table|Decision|Codec)$")]
    private static partial Regex TypeName();
}
