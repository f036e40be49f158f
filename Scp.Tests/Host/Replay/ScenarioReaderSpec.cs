using System.Runtime.CompilerServices;
using Scp.Host.Hocon;
using Scp.Host.Hocon.Output;
using Scp.Host.Replay.Scenarios;
using Scp.Tests.Host.Hocon;
using Scp.Tests.Support;

namespace Scp.Tests.Host.Replay;

/// <summary>Golden/scenarios/x.conf holds mistakes, x.expected what the terminal shows of them. SCP_UPDATE_GOLDEN=1 rewrites.</summary>
public class ScenarioReaderSpec
{
    public static TheoryData<string> Names =>
        new(Directory.GetFiles(Folder(), "*.conf").Select(Path.GetFileNameWithoutExtension).OfType<string>().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void Mistakes_are_shown_all_at_once_each_at_its_place(string name)
    {
        var loaded = ScenarioReader.Read(Path.Combine(Folder(), $"{name}.conf"), [], _ => null);
        var actual = ConfigReport.For(loaded.Layers).Format(loaded.Errors).Replace(Folder() + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
        var file = Path.Combine(Folder(), $"{name}.expected");
        if (Environment.GetEnvironmentVariable("SCP_UPDATE_GOLDEN") == "1") File.WriteAllText(file, actual);

        Assert.Null(loaded.Scenario);
        Assert.Equal(File.ReadAllText(file), actual);
    }

    [Fact]
    public void Every_key_of_the_reference_is_read_and_every_setting_has_a_key() =>
        Assert.Empty(ReferenceKeys.Compare(
            typeof(ScenarioSettings), ScenarioReader.Section, HoconLoader.Load([ScenarioReader.Reference], _ => null).Root));

    [Fact]
    public void Every_key_of_the_reference_has_a_comment() =>
        Assert.Empty(ReferenceKeys.Uncommented(File.ReadAllText(Repository.Path("hocon/scenario-reference.conf"))));

    [Fact]
    public void Reloads_lie_over_one_another_in_order_of_time()
    {
        var scenario = Replays.Load("""
            scenario {
              operations = [
                { at = 2s, reload { scp.pools.main.connections.max-idle = 7 } }
                { at = 1s, reload { scp.pools.main.retries.attempts = 5 } }
              ]
              expect.failures = [{ }]
            }
            """).Scenario!;

        var (second, first) = (scenario.Reloads[scenario.Script.Operations[0]], scenario.Reloads[scenario.Script.Operations[1]]);
        Assert.Equal((256, 5), (first.Pools["main"].Connections.MaxIdle, first.Pools["main"].Retries.Attempts));
        Assert.Equal((7, 5), (second.Pools["main"].Connections.MaxIdle, second.Pools["main"].Retries.Attempts));
    }

    private static string Folder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../Golden/scenarios"));
}
