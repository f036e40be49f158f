using Scp.Actors.Health;

namespace Scp.Host.Persistence;

/// <summary>The health journal's database: what its actor gets, and what Akka is told of it.</summary>
internal sealed record ProxyPersistence(HealthPersistence Health, string Hocon)
{
    /// <returns>Null when nothing is kept.</returns>
    public static ProxyPersistence? Of(PersistenceSettings settings, TimeProvider time)
    {
        if (!settings.Enabled) return null;
        var (storage, connectionString) = Storage(settings, time);
        return new ProxyPersistence(
            new HealthPersistence(settings, storage, new PersistenceMetrics()), AkkaPersistence.Hocon(settings.Provider, connectionString));
    }

    private static (IHealthStorage Storage, string ConnectionString) Storage(PersistenceSettings settings, TimeProvider time)
    {
        if (settings.Provider == PersistenceProvider.PostgreSql)
        {
            var server = new PostgreSqlStorage(settings);
            return (server, server.ConnectionString);
        }

        var file = new SqliteStorage(settings.Path, time);
        return (file, file.ConnectionString);
    }
}
