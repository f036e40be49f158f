using System.CommandLine;
using System.Globalization;
using Scp.Host.Admin;
using Scp.Host.Configuration;
using Scp.Host.LogReplay;

namespace Scp.Host.Cli;

/// <summary>scpd replay --log: runs recorded traffic through another configuration and says which decisions differ.</summary>
internal static class LogReplayCommand
{
    public static readonly Option<string?> Log = new("--log")
    {
        Description = "An access log in JSON, as scpd writes it, to run through the configuration; - is standard input.",
    };

    public static readonly Option<string?> Old = new("--old")
    {
        Description = "With --log: the configuration to compare with. Without it: what the log says was decided.",
    };

    public static readonly Option<long> Limit = new("--limit")
    {
        Description = "With --log: lines to read at most.",
        DefaultValueFactory = _ => long.MaxValue,
    };

    public static async Task<int> ExecuteAsync(
        ParseResult parsed, string? config, string[] definitions, ulong seed, bool json, CancellationToken cancellation)
    {
        var console = parsed.InvocationConfiguration;
        var loaded = Commands.Read(config ?? ConfigurationReader.DefaultFile, definitions);
        var old = parsed.GetValue(Old) is { } file ? Commands.Read(file, []) : null;
        var isGood = Commands.Report(loaded, console.Error);
        if (old is not null) isGood &= Commands.Report(old, console.Error);
        if (!isGood) return ExitCode.InvalidConfiguration;
        var log = parsed.GetValue(Log)!;
        try
        {
            await using var stream = log == "-" ? Console.OpenStandardInput() : new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
            long? length = stream.CanSeek ? stream.Length : null;
            var replayer = new LogReplayer(
                loaded.Settings!, old?.Settings, parsed.GetValue(Limit), seed, TimeProvider.System,
                (lines, bytes) => console.Error.WriteLine(Progress(lines, bytes, length)));
            var report = await replayer.RunAsync(stream, cancellation);
            console.Output.Write(json ? ReportJson.Write(report) : LogReplayText.Render(report));
            return ExitCode.Success;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            console.Error.WriteLine($"cannot read '{log}': {cause.Message}");
            return ExitCode.InvalidConfiguration;
        }
    }

    private static string Progress(long lines, long bytes, long? length) => string.Create(
        CultureInfo.InvariantCulture, $"{lines:N0} lines{(length > 0 ? $", {100.0 * bytes / length.Value:F0} %" : "")}");
}
