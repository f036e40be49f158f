using System.CommandLine;
using Scp.Host.Hocon.Output;
using Scp.Host.Replay;
using Scp.Host.Replay.Results;
using Scp.Host.Replay.Scenarios;

namespace Scp.Host.Cli;

/// <summary>scpd replay: runs a scenario in virtual time and says what came of it.</summary>
internal static class ReplayCommand
{
    public static Command Build(Option<string[]> define)
    {
        var file = new Argument<string>("file") { Description = "The scenario, see hocon/scenarios." };
        var json = new Option<bool>("--json") { Description = "Prints the result as JSON." };
        var seed = new Option<long?>("--seed") { Description = "Runs with another seed than the scenario's own." };
        var timeline = new Option<bool>("--timeline") { Description = "Prints what happened, in order, too." };
        var command = new Command("replay",
            "Runs a scenario in virtual time: the proxy's own code, with time, randomness and the network simulated. "
            + "Exit code 0 when all its expectations are met, 5 when not, 2 when the file has errors.")
        {
            file, json, seed, timeline, define,
        };
        command.SetAction(parsed =>
        {
            var console = parsed.InvocationConfiguration;
            var loaded = ScenarioReader.Read(
                parsed.GetValue(file)!, parsed.GetValue(define) ?? [], Environment.GetEnvironmentVariable);
            if (!Report(loaded, console.Error)) return ExitCode.InvalidConfiguration;
            var result = ScenarioReplay.Run(loaded.Scenario!, parsed.GetValue(seed));
            console.Output.Write(
                parsed.GetValue(json) ? ReplayJson.Write(result) + "\n" : ReplayReport.Render(result, parsed.GetValue(timeline)));
            return result.Passed ? ExitCode.Success : ExitCode.ExpectationBroken;
        });
        return command;
    }

    private static bool Report(LoadedScenario loaded, TextWriter error)
    {
        var report = ConfigReport.For(loaded.Layers);
        if (!loaded.Warnings.IsEmpty) error.Write($"Warnings:\n{report.Format(loaded.Warnings)}");
        error.Write(report.Format(loaded.Errors));
        return loaded.Scenario is not null;
    }
}
