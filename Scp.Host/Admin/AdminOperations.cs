using Scp.Actors.BackendPools;
using Scp.Actors.Configuration;
using Scp.Host.Explain;
using Scp.Streams.Telemetry;

namespace Scp.Host.Admin;

/// <summary>What a reload did.</summary>
/// <param name="Errors">
/// Why the new configuration was refused and the old one stays, with file, line and column; none when it is in force.
/// </param>
/// <param name="Warnings">
/// What is probably not meant, and what is not in force all the same: keys that need a restart, listeners that could not be opened.
/// </param>
internal sealed record ReloadReport(IReadOnlyList<string> Errors, IReadOnlyList<string> Warnings)
{
    public static ReloadReport Of(Reloaded reloaded) => new(reloaded.Errors,
    [
        .. reloaded.Warnings,
        .. reloaded.NeedsRestart.Select(key => $"{key} changed; it takes effect at the next start."),
        .. reloaded.NotOpened.Select(l => $"Listener {l.Listener} could not be opened on {l.Address}: {l.Reason}."),
    ]);
}

/// <summary>What the admin endpoint can ask the proxy. The delegates are called from Kestrel's threads and may be called at once.</summary>
internal sealed record AdminOperations
{
    public required Func<ReadinessReport> Readiness { get; init; }

    /// <summary>All families of /metrics.</summary>
    public required Func<IEnumerable<MetricFamily>> Metrics { get; init; }

    /// <summary>The effective configuration as text, with secrets masked.</summary>
    public required Func<string> Configuration { get; init; }

    /// <summary>Explains requests on the configuration in force and the pools as they are.</summary>
    public required Func<Explainer> Explain { get; init; }

    /// <summary>How pools and backends stand now.</summary>
    public required Func<PoolsReport> Pools { get; init; }

    /// <summary>Changes what an operator says of a backend; answered when new requests see it.</summary>
    public required Func<AdministerBackend, CancellationToken, Task<BackendAdministered>> Administer { get; init; }

    public required Func<CancellationToken, Task<ReloadReport>> Reload { get; init; }

    /// <summary>Begins to drain: readiness fails, connections are closed after their response. Does not end the process.</summary>
    public required Action Drain { get; init; }
}
