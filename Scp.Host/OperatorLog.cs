using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Scp.Host.Telemetry;

namespace Scp.Host;

/// <summary>What the operator is told: one line each on standard error, so that standard output may be the access log.</summary>
internal static class OperatorLog
{
    public static void Configure(ILoggingBuilder logging)
    {
        logging.AddConsole(console =>
        {
            console.FormatterName = LineFormatter.FormatterName;
            console.LogToStandardErrorThreshold = LogLevel.Trace;
        });
        logging.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
        logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning).AddFilter("Akka", LogLevel.Warning)
            // A database that is away would fill the log with the plugins' stack traces; the health journal says it in one line.
            .AddFilter("Akka.Persistence", LogLevel.None);
    }
}
