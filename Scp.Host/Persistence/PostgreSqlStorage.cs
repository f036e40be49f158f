using Npgsql;
using Scp.Actors.Health;

namespace Scp.Host.Persistence;

/// <summary>
/// The PostgreSQL database, which several proxies may share. A session of its own holds an advisory lock on the node's name as long as the
/// process lives: two proxies of one name would write over each other.
/// </summary>
internal sealed class PostgreSqlStorage : IHealthStorage
{
    // Seconds, for connecting and for a statement, where the operator does not say: below Akka's own limits.
    private const int ConnectTimeout = 5;
    private const int StatementTimeout = 8;

    /// <summary>Advisory lock under which tables are made: proxies that start together must not do it at once. Any number will do.</summary>
    private const long InitializationLock = 0x5C9_1501;

    private readonly PersistenceSettings _settings;
    private readonly NpgsqlConnectionStringBuilder _options;
    private NpgsqlConnection? _session;

    public PostgreSqlStorage(PersistenceSettings settings)
    {
        _settings = settings;
        _options = Options(settings.ConnectionString);
    }

    public string Name => $"PostgreSQL database {_options.Database ?? _options.Username} on {_options.Host}";

    /// <summary>What Akka's plugins connect with.</summary>
    public string ConnectionString => _options.ToString();

    /// <summary>Reads a connection string.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static NpgsqlConnectionStringBuilder Options(string connectionString)
    {
        var options = new NpgsqlConnectionStringBuilder(connectionString);
        if (!options.ShouldSerialize("Timeout")) options.Timeout = ConnectTimeout;
        if (!options.ShouldSerialize("Command Timeout")) options.CommandTimeout = StatementTimeout;
        if (!options.ShouldSerialize("Maximum Pool Size")) options.MaxPoolSize = 4;
        if (!options.ShouldSerialize("Application Name")) options.ApplicationName = "scp";
        return options;
    }

    public async Task<StorageOpening> OpenAsync(CancellationToken cancellation)
    {
        try
        {
            var session = await SessionAsync(cancellation);
            if (!await IsTrueAsync(session, "SELECT pg_try_advisory_lock(hashtextextended($1, 0))", _settings.PersistenceId, cancellation))
            {
                await CloseAsync();
                return new StorageOpening($"another process uses it as {_settings.PersistenceId} (see scp.persistence.node)");
            }

            if (_settings.AutoInitialize) await InitializeAsync(session, cancellation);
            const string IsEmpty =
                "SELECT NOT EXISTS (SELECT FROM snapshot WHERE persistence_id = $1) AND NOT EXISTS (SELECT FROM journal WHERE persistence_id = $1)";
            return new StorageOpening(Failure: null, await IsTrueAsync(session, IsEmpty, _settings.PersistenceId, cancellation));
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.UndefinedTable)
        {
            await CloseAsync();
            return new StorageOpening($"{e.MessageText} (see scp.persistence.auto-initialize and scpd print-ddl postgresql)");
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException)
        {
            await CloseAsync();
            return new StorageOpening(e.Message);
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    /// <summary>The session of before, if it still lives: its lock is still held.</summary>
    private async Task<NpgsqlConnection> SessionAsync(CancellationToken cancellation)
    {
        if (_session is not null)
        {
            try
            {
                await using var command = new NpgsqlCommand("SELECT pg_advisory_unlock_all()", _session);
                await command.ExecuteNonQueryAsync(cancellation);
                return _session;
            }
            catch (NpgsqlException)
            {
                await CloseAsync();
            }
        }

        var options = new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false, KeepAlive = 30 };
        _session = new NpgsqlConnection(options.ToString());
        await _session.OpenAsync(cancellation);
        return _session;
    }

    private static async Task InitializeAsync(NpgsqlConnection session, CancellationToken cancellation)
    {
        const string Missing = "SELECT to_regclass('journal') IS NULL OR to_regclass('snapshot') IS NULL OR to_regclass('tags') IS NULL";
        await using var check = new NpgsqlCommand(Missing, session);
        if (await check.ExecuteScalarAsync(cancellation) is not true) return;
        await using var transaction = await session.BeginTransactionAsync(cancellation);
        await using var alone = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({InitializationLock})", session);
        await alone.ExecuteNonQueryAsync(cancellation);
#pragma warning disable CA2100 // a resource of the program
        await using var make = new NpgsqlCommand(Ddl.Of(PersistenceProvider.PostgreSql), session);
#pragma warning restore CA2100
        await make.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private static async Task<bool> IsTrueAsync(NpgsqlConnection session, string query, string argument, CancellationToken cancellation)
    {
#pragma warning disable CA2100 // constants
        await using var command = new NpgsqlCommand(query, session);
#pragma warning restore CA2100
        command.Parameters.Add(new NpgsqlParameter { Value = argument });
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    private async Task CloseAsync()
    {
        if (_session is null) return;
        await _session.DisposeAsync();
        _session = null;
    }
}
