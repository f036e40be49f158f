using Akka.Event;
using Akka.TestKit.Xunit2;
using Scp.Host.Replay;
using Scp.Host.Replay.Results;
using Scp.Host.Replay.Scenarios;
using Scp.Host.Replay.Time;
using Scp.Tests.Support;

namespace Scp.Tests.Scenarios;

/// <summary>Every file of hocon/scenarios, on the TestKit's actor system with its scheduler and dispatchers made virtual.</summary>
public sealed class ScenarioSpec() : TestKit(ReplaySystem.Config)
{
    public static TheoryData<string> Names => new(
        Directory.GetFiles(Repository.Path("hocon/scenarios"), "*.conf").Select(Path.GetFileNameWithoutExtension).OfType<string>()
            .Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_scenario_goes_as_it_expects(string name)
    {
        var log = CreateTestProbe();
        Sys.EventStream.Subscribe(log.Ref, typeof(Error));

        var result = ScenarioReplay.Run(Load(name), seed: null, Sys);

        Assert.True(result.Passed, ReplayReport.Render(result, withTimeline: true));
        Assert.Equal(0, result.ForeignWork);
        log.ExpectNoMsg(TimeSpan.Zero); // nothing that happens in a network is our fault
    }

    private static Scenario Load(string name)
    {
        var loaded = ScenarioReader.Read(Repository.Path($"hocon/scenarios/{name}.conf"), [], _ => null);
        Assert.True(loaded.Scenario is not null, string.Join('\n', loaded.Errors));
        Assert.Empty(loaded.Warnings);
        return loaded.Scenario;
    }
}
