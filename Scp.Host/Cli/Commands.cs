using System.CommandLine;
using Scp.Actors.Health;
using Scp.Host.Configuration;
using Scp.Host.Hocon.Output;
using Scp.Host.Persistence;

namespace Scp.Host.Cli;

/// <summary>The command line of scpd.</summary>
internal static class Commands
{
    private static readonly Option<string?> Config =
        new("--config", "-c") { Description = "The configuration file. Without it: scp.conf beside the program." };

    private static readonly Option<string[]> Define = new("--define", "-D")
    {
        Description = "Sets one key, over everything else: -D scp.limits.request-head=64KiB",
        AllowMultipleArgumentsPerToken = false,
    };

    public static RootCommand Build()
    {
        var root = new RootCommand("SCP, a Service Communication Proxy.")
        {
            Run(), Check(), PrintConfig(), PrintDdl(), ExplainCommand.Build(Config, Define), ReplayCommand.Build(Config, Define),
        };
        foreach (var command in PoolCommands.Build()) root.Subcommands.Add(command);
        root.Options.Add(Config);
        root.Options.Add(Define);
        root.SetAction(RunCommand.ExecuteAsync(Config, Define));
        return root;
    }

    /// <summary>Runs a command line; one that is wrong ends with <see cref="ExitCode.InvalidConfiguration"/>.</summary>
    public static async Task<int> InvokeAsync(string[] arguments, InvocationConfiguration? configuration = null)
    {
        var parsed = Build().Parse(arguments);
        var code = await parsed.InvokeAsync(configuration ?? new InvocationConfiguration { ProcessTerminationTimeout = null });
        return parsed.Errors.Count > 0 ? ExitCode.InvalidConfiguration : code;
    }

    private static Command Run()
    {
        var command = new Command("run",
            "Runs the proxy until it is told to stop (SIGTERM, Ctrl+C). SIGHUP reloads the configuration.") { Config, Define };
        command.SetAction(RunCommand.ExecuteAsync(Config, Define));
        return command;
    }

    private static Command Check()
    {
        var file = new Argument<string>("file") { Description = "The configuration file to check." };
        var command = new Command("check",
            "Checks a configuration file: every mistake with file, line and column. Exit code 0 when it is good, 2 when not.")
        {
            file, Define,
        };
        command.SetAction(parsed =>
        {
            var console = parsed.InvocationConfiguration;
            var loaded = Read(parsed.GetValue(file)!, parsed.GetValue(Define) ?? []);
            if (!Report(loaded, console.Error)) return ExitCode.InvalidConfiguration;
            var settings = loaded.Settings!;
            console.Output.WriteLine(
                $"{parsed.GetValue(file)}: good. {Count(settings.Listeners.Count, "listener")}, "
                + $"{Count(settings.Routes.Count, "route")}, {Count(settings.Pools.Count, "pool")}.");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command PrintConfig()
    {
        var origin = new Option<bool>("--origin") { Description = "Shows behind each key where its value was written." };
        var command = new Command("print-config",
            "Prints the effective configuration, defaults included; secrets are masked.") { Config, Define, origin };
        command.SetAction(parsed =>
        {
            var console = parsed.InvocationConfiguration;
            var loaded = Read(parsed.GetValue(Config) ?? ConfigurationReader.DefaultFile, parsed.GetValue(Define) ?? []);
            if (!Report(loaded, console.Error)) return ExitCode.InvalidConfiguration;
            console.Output.Write(HoconPrinter.Print(loaded.Root, new PrintOptions(Origins: parsed.GetValue(origin))));
            return ExitCode.Success;
        });
        return command;
    }

    private static Command PrintDdl()
    {
        var provider = new Argument<PersistenceProvider>("provider") { Description = "sqlite or postgresql." };
        var command = new Command("print-ddl",
            "Prints the statements that make the tables of scp.persistence, for whoever may make them.") { provider };
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.Write(Ddl.Of(parsed.GetValue(provider)));
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Reads a configuration with the process's environment.</summary>
    public static LoadedConfiguration Read(string file, IReadOnlyList<string> definitions) =>
        ConfigurationReader.Read(file, definitions, Environment.GetEnvironmentVariable);

    /// <summary>Prints mistakes; true when there are none.</summary>
    public static bool Report(LoadedConfiguration loaded, TextWriter error)
    {
        var report = ConfigReport.For(loaded.Layers);
        if (!loaded.Warnings.IsEmpty) error.Write($"Warnings:\n{report.Format(loaded.Warnings)}");
        if (loaded.Errors.IsEmpty) return true;
        error.Write(report.Format(loaded.Errors));
        error.WriteLine(Count(loaded.Errors.Length, "error") + ".");
        return false;
    }

    private static string Count(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";
}
