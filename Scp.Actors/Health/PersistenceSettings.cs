using Scp.Streams.Settings;

namespace Scp.Actors.Health;

/// <summary>Which database keeps what is known of backends.</summary>
public enum PersistenceProvider : byte
{
    Sqlite,

    [Key("postgresql")]
    PostgreSql,
}

/// <summary>What outlives a restart, and where (scp.persistence). Defaults and reasons are in reference.conf.</summary>
public sealed record PersistenceSettings
{
    public required bool Enabled { get; init; }

    public required PersistenceProvider Provider { get; init; }

    /// <summary>SQLite: the file, relative to the working directory.</summary>
    [NotEmpty]
    public required string Path { get; init; }

    /// <summary>PostgreSQL: as Npgsql reads it.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>PostgreSQL: whether missing tables are made.</summary>
    public required bool AutoInitialize { get; init; }

    /// <summary>Name of this proxy among those that share the database; empty is the name of the machine, or "local" in a file.</summary>
    public required string Node { get; init; }

    [InRange("1m", "365d")]
    public required TimeSpan ForgetAfter { get; init; }

    /// <summary>Transitions between two snapshots, at least.</summary>
    [InRange(1, 100_000)]
    public required int SnapshotEvery { get; init; }

    /// <summary>How long the start waits for what was remembered.</summary>
    [InRange("0s", "10s")] // below the limits of those who wait for the pools
    public required TimeSpan RecoveryTimeout { get; init; }

    /// <summary>
    /// The journal's identity: unique for each node, because two writers of one would destroy each other's work. A file has one writer only, so
    /// a machine that gets another name finds its memory again.
    /// </summary>
    public string PersistenceId =>
        $"scp-health-{(Node.Length > 0 ? Node : Provider == PersistenceProvider.Sqlite ? "local" : Environment.MachineName)}";
}
