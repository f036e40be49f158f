using System.CommandLine;

namespace Scp.Host.Cli;

/// <summary>scpd replay: what was, once more under other conditions.</summary>
internal static class ReplayCommand
{
    public static Command Build(Option<string?> config, Option<string[]> define)
    {
        var json = new Option<bool>("--json") { Description = "Prints the result as JSON." };
        var seed = new Option<long?>("--seed") { Description = "What the random begins with. Without it: 1." };
        var command = new Command("replay",
            "Runs the requests of an access log through another configuration and prints which decisions differ, grouped and counted, and what "
            + "cannot be told. Exit code 0 when it was done, whatever differs, 2 when a file has errors.")
        {
            LogReplayCommand.Log, LogReplayCommand.Old, LogReplayCommand.Limit, json, seed, config, define,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(LogReplayCommand.Log) is null) result.AddError("Name an access log: --log FILE.");
        });
        command.SetAction((parsed, cancellation) => LogReplayCommand.ExecuteAsync(
            parsed, parsed.GetValue(config), parsed.GetValue(define) ?? [], (ulong)(parsed.GetValue(seed) ?? 1), parsed.GetValue(json), cancellation));
        return command;
    }
}
