using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Scp.Host.Telemetry;

/// <summary>
/// One line for an event: <c>2026-11-23T06:10:59.149Z warning Listener main …</c>. Further lines of a message are indented, so that nothing
/// a peer sent can look like a line of its own. An exception is shown with its stack only at error level, where the fault is ours.
/// </summary>
internal sealed partial class LineFormatter(TimeProvider? time = null) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "scp";

    private readonly TimeProvider _time = time ?? TimeProvider.System;

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var text = AkkaPrefix().Replace(logEntry.Formatter(logEntry.State, logEntry.Exception), "");
        textWriter.Write(_time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z '", System.Globalization.CultureInfo.InvariantCulture));
        textWriter.Write(NameOf(logEntry.LogLevel));
        textWriter.Write(' ');
        textWriter.WriteLine(Indent(text));
        if (logEntry.Exception is not { } exception) return;
        textWriter.WriteLine(Indent($"  {(logEntry.LogLevel >= LogLevel.Error ? exception.ToString() : exception.Message)}"));
    }

    /// <summary>Akka puts level, time, thread and actor before its messages: the first three stand there already.</summary>
    [GeneratedRegex(@"^\[[A-Z]+\]\[[^\]]*\]\[Thread \d+\](?=\[)")]
    private static partial Regex AkkaPrefix();

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error or LogLevel.Critical => "error",
        _ => "debug",
    };

    private static string Indent(string text) =>
        text.TrimEnd('\n').Replace("\r", "", StringComparison.Ordinal).Replace("\n", "\n  ", StringComparison.Ordinal);
}
