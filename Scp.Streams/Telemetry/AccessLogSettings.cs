namespace Scp.Streams.Telemetry;

/// <summary>How a line of the access log looks.</summary>
public enum AccessLogFormat
{
    /// <summary>One JSON object on a line.</summary>
    Json,

    /// <summary>The combined format of Apache httpd and nginx.</summary>
    Combined,
}

/// <summary>The access log (scp.access-log): one line for each exchange. Defaults and reasons are in reference.conf.</summary>
public sealed record AccessLogSettings
{
    /// <summary>The value of <see cref="Path"/> that means standard output.</summary>
    public const string StandardOutput = "stdout";

    public required bool Enabled { get; init; }

    public required AccessLogFormat Format { get; init; }

    /// <summary>"stdout", or a file that lines are appended to.</summary>
    public required string Path { get; init; }

    /// <summary>Lines that wait for the writer; over it lines are dropped and counted.</summary>
    public required int QueueCapacity { get; init; }

    /// <summary>How long lines are gathered before they are written together.</summary>
    public required TimeSpan FlushInterval { get; init; }

    /// <summary>Whether the query is logged at all.</summary>
    public required bool Query { get; init; }

    /// <summary>Query parameters whose value is replaced by "REDACTED", in any case of letters; "*" stands for all of them.</summary>
    public required IReadOnlyList<string> RedactParameters { get; init; }

    /// <summary>
    /// Further request fields to log (JSON only). Fields that carry credentials are masked even when they are named here.
    /// </summary>
    public required IReadOnlyList<string> RequestFields { get; init; }
}
