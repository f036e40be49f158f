using System.Text.Json;
using Scp.Actors.Health;
using Scp.Actors.Serialization;

namespace Scp.Host.Persistence;

/// <summary>What Akka.Persistence.Sql is told: HOCON below the user's own akka keys.</summary>
internal static class AkkaPersistence
{
    // Names of linq2db. That of PostgreSQL says how columns are typed: 15 stands for all versions with identity columns, as our tables have.
    private const string Sqlite = "SQLite.MS";
    private const string PostgreSql = "PostgreSQL.15";

    /// <param name="provider">The kind of database.</param>
    /// <param name="connectionString">With time limits below those here, so that the reason arrives before Akka's own limit does.</param>
    public static string Hocon(PersistenceProvider provider, string connectionString)
    {
        var (name, parallelism) = provider == PersistenceProvider.Sqlite ? (Sqlite, 1) : (PostgreSql, 2);
        var connection = $$"""
            connection-string = {{JsonSerializer.Serialize(connectionString)}}
                  provider-name = "{{name}}"
                  auto-initialize = false # the storage did it
                  circuit-breaker { max-failures = 1000, call-timeout = 10s, reset-timeout = 1s } # the journal has pauses of its own
            """;
        return $$"""
            {{HealthSerializer.Hocon}}
            akka.persistence {
              journal {
                plugin = "akka.persistence.journal.sql"
                sql {
                  class = "Akka.Persistence.Sql.Journal.SqlWriteJournal, Akka.Persistence.Sql"
                  {{connection}}
                  parallelism = {{parallelism}}
                  recovery-event-timeout = 10s
                }
              }
              snapshot-store {
                plugin = "akka.persistence.snapshot-store.sql"
                sql {
                  class = "Akka.Persistence.Sql.Snapshot.SqlSnapshotStore, Akka.Persistence.Sql"
                  {{connection}}
                }
              }
            }
            """;
    }
}
