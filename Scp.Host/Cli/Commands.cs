using System.CommandLine;
using Scp.Host.Configuration;
using Scp.Host.Hocon;
using Scp.Host.Hocon.Output;

namespace Scp.Host.Cli;

/// <summary>The command line of scpd.</summary>
internal static class Commands
{
    private static readonly Option<string?> Config = new("--config", "-c") { Description = "The configuration file. Without it: scp.conf beside the program." };

    private static readonly Option<string[]> Define = new("--define", "-D") { Description = "Sets one key, over everything else: -D scp.limits.request-head=64KiB", AllowMultipleArgumentsPerToken = false };

    public static RootCommand Build()
    {
        var root = new RootCommand("SCP, a Service Communication Proxy.") { Run(), Check(), PrintConfig() };
        root.Options.Add(Config);
        root.Options.Add(Define);
        root.SetAction((parsed, cancellation) => RunCommand.ExecuteAsync(parsed.GetValue(Config), parsed.GetValue(Define) ?? [], cancellation));
        return root;
    }

    private static Command Run()
    {
        var command = new Command("run", "Runs the proxy until it is told to stop (SIGTERM, Ctrl+C). SIGHUP reloads the configuration.") { Config, Define };
        command.SetAction((parsed, cancellation) => RunCommand.ExecuteAsync(parsed.GetValue(Config), parsed.GetValue(Define) ?? [], cancellation));
        return command;
    }

    private static Command Check()
    {
        var file = new Argument<string>("file") { Description = "The configuration file to check." };
        var command = new Command("check", "Checks a configuration file: every mistake with file, line and column. Exit code 0 when it is good, 2 when not.") { file, Define };
        command.SetAction(parsed =>
        {
            var loaded = Read(parsed.GetValue(file)!, parsed.GetValue(Define) ?? []);
            if (!Report(loaded)) return ExitCode.InvalidConfiguration;
            var settings = loaded.Settings!;
            Console.WriteLine($"{parsed.GetValue(file)}: good. {settings.Listeners.Count} listeners, {settings.Routes.Count} routes, {settings.Pools.Count} pools.");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command PrintConfig()
    {
        var origin = new Option<bool>("--origin") { Description = "Shows behind each key where its value was written." };
        var command = new Command("print-config", "Prints the effective configuration, defaults included; secrets are masked.") { Config, Define, origin };
        command.SetAction(parsed =>
        {
            var loaded = Read(parsed.GetValue(Config) ?? ConfigurationReader.DefaultFile, parsed.GetValue(Define) ?? []);
            if (!Report(loaded)) return ExitCode.InvalidConfiguration;
            Console.Write(HoconPrinter.Print(loaded.Root, new PrintOptions(Origins: parsed.GetValue(origin))));
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Reads a configuration with the process's environment.</summary>
    public static LoadedConfiguration Read(string file, IReadOnlyList<string> definitions) =>
        ConfigurationReader.Read(file, definitions, Environment.GetEnvironmentVariable);

    /// <summary>Prints mistakes to standard error; true when there are none.</summary>
    public static bool Report(LoadedConfiguration loaded)
    {
        var report = ConfigReport.For(loaded.Layers);
        if (!loaded.Warnings.IsEmpty) Console.Error.Write($"Warnings:\n{report.Format(loaded.Warnings)}");
        if (loaded.Errors.IsEmpty) return true;
        Console.Error.Write(report.Format(loaded.Errors));
        Console.Error.WriteLine(loaded.Errors.Length == 1 ? "1 error." : $"{loaded.Errors.Length} errors.");
        return false;
    }
}
