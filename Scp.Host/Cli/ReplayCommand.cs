using System.CommandLine;
using Scp.Host.Hocon.Output;
using Scp.Host.Replay;
using Scp.Host.Replay.Results;
using Scp.Host.Replay.Scenarios;

namespace Scp.Host.Cli;

/// <summary>
/// scpd replay: runs a scenario in virtual time and says what came of it, or an access log through another configuration.
/// </summary>
internal static class ReplayCommand
{
    private static readonly Argument<string?> File = new("file")
    {
        Description = "The scenario, see hocon/scenarios.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Prints the result as JSON." };

    private static readonly Option<long?> Seed = new("--seed")
    {
        Description = "Runs with another seed than the scenario's own; with --log: with another than 1.",
    };

    private static readonly Option<bool> Timeline = new("--timeline") { Description = "Prints what happened, in order, too." };

    public static Command Build(Option<string?> config, Option<string[]> define)
    {
        var command = new Command("replay",
            "Runs a scenario in virtual time: the proxy's own code, with time, randomness and the network simulated. "
            + "Exit code 0 when all its expectations are met, 5 when not, 2 when the file has errors. "
            + "With --log it runs the requests of an access log through another configuration (--config) and prints which decisions differ, "
            + "and what cannot be told; exit code 0 when it was done, whatever differs.")
        {
            File, Json, Seed, Timeline, LogReplayCommand.Log, LogReplayCommand.Old, LogReplayCommand.Limit, config, define,
        };
        command.Validators.Add(result =>
        {
            var isLog = result.GetValue(LogReplayCommand.Log) is not null;
            if (isLog == result.GetValue(File) is not null) result.AddError("Name a scenario, or a log with --log.");
            else if (isLog && result.GetResult(Timeline) is { Implicit: false }) result.AddError("--timeline is for scenarios.");
            else if (!isLog && result.GetResult(config) is { Implicit: false }) result.AddError("--config goes with --log: a scenario has its own.");
            else if (!isLog && (result.GetValue(LogReplayCommand.Old) is not null || result.GetResult(LogReplayCommand.Limit) is { Implicit: false }))
                result.AddError("--old and --limit go with --log.");
        });
        command.SetAction(async (parsed, cancellation) => parsed.GetValue(LogReplayCommand.Log) is null
            ? RunScenario(parsed, parsed.GetValue(define) ?? [])
            : await LogReplayCommand.ExecuteAsync(
                parsed, parsed.GetValue(config), parsed.GetValue(define) ?? [], (ulong)(parsed.GetValue(Seed) ?? 1), parsed.GetValue(Json), cancellation));
        return command;
    }

    private static int RunScenario(ParseResult parsed, string[] definitions)
    {
        var console = parsed.InvocationConfiguration;
        var loaded = ScenarioReader.Read(parsed.GetValue(File)!, definitions, Environment.GetEnvironmentVariable);
        if (!Report(loaded, console.Error)) return ExitCode.InvalidConfiguration;
        var result = ScenarioReplay.Run(loaded.Scenario!, parsed.GetValue(Seed));
        console.Output.Write(
            parsed.GetValue(Json) ? ReplayJson.Write(result) + "\n" : ReplayReport.Render(result, parsed.GetValue(Timeline)));
        return result.Passed ? ExitCode.Success : ExitCode.ExpectationBroken;
    }

    private static bool Report(LoadedScenario loaded, TextWriter error)
    {
        var report = ConfigReport.For(loaded.Layers);
        if (!loaded.Warnings.IsEmpty) error.Write($"Warnings:\n{report.Format(loaded.Warnings)}");
        error.Write(report.Format(loaded.Errors));
        return loaded.Scenario is not null;
    }
}
