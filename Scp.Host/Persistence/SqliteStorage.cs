using Microsoft.Data.Sqlite;
using Scp.Actors.Health;

namespace Scp.Host.Persistence;

/// <summary>
/// The SQLite file: made with its folder on first start, readable by its owner only, in WAL mode so that reading never waits for writing. It
/// belongs to one process: a lock file beside it says so, and is let go by the system when the process dies. A file that is corrupt is moved
/// aside and a new one begun. Writes are synced at commit (SQLite's default): transitions are rare, and a drain must outlive a power cut.
/// </summary>
internal sealed class SqliteStorage(string path, TimeProvider time) : IHealthStorage
{
    /// <summary>How long a statement waits for a lock that another program has on the file, in seconds. Below Akka's own limits.</summary>
    private const int BusyTimeout = 5;

    // https://www.sqlite.org/rescode.html
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    private readonly string _path = Path.GetFullPath(path);
    private FileStream? _lock;

    public string Name => _path;

    /// <summary>What Akka's plugins connect with.</summary>
    public string ConnectionString => new SqliteConnectionStringBuilder
    {
        DataSource = _path,
        Mode = SqliteOpenMode.ReadWrite, // a file that vanished is made here, with its mode, not by whoever writes next
        DefaultTimeout = BusyTimeout,
    }.ToString();

    public Task<StorageOpening> OpenAsync(CancellationToken cancellation) => Task.Run(Open, cancellation);

    public ValueTask DisposeAsync()
    {
        ClosePooled();
        _lock?.Dispose();
        return ValueTask.CompletedTask;
    }

    private StorageOpening Open()
    {
        try
        {
            if (!TryLock()) return new StorageOpening("another process uses this file (see scp.persistence.path)");
            try
            {
                return new StorageOpening(Failure: null, IsEmpty: Prepare());
            }
            catch (SqliteException e) when (e.SqliteErrorCode is Corrupt or NotADatabase)
            {
                var aside = MoveAside();
                Prepare();
                return new StorageOpening(
                    Failure: null, IsEmpty: true, $"{_path} is corrupt and was moved to {aside}; what was remembered of backends is lost.");
            }
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            return new StorageOpening(e.Message);
        }
    }

    private bool TryLock()
    {
        if (_lock is not null) return true;
        var folder = Path.GetDirectoryName(_path)!;
        if (!Directory.Exists(folder)) CreateFolder(folder);
        try
        {
            _lock = new FileStream(_path + ".lock", Private(FileMode.OpenOrCreate, FileShare.None));
            return true;
        }
        catch (IOException) when (File.Exists(_path + ".lock"))
        {
            return false;
        }
    }

    /// <returns>Whether nothing is remembered.</returns>
    private bool Prepare()
    {
        var isNew = !File.Exists(_path);
        if (isNew)
        {
            ClosePooled(); // of a file that is gone
            using var made = new FileStream(_path, Private(FileMode.CreateNew, FileShare.ReadWrite));
        }

        using var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        if (!isNew && Scalar(connection, "PRAGMA quick_check(1)") is not "ok") throw new SqliteException("The file is corrupt.", Corrupt);
        if (Scalar(connection, "PRAGMA journal_mode") is not "wal") Scalar(connection, "PRAGMA journal_mode = WAL");
        if (Scalar(connection, "SELECT count(*) FROM sqlite_schema WHERE name IN ('journal', 'snapshot', 'tags')") is not 3L)
            Scalar(connection, Ddl.Of(PersistenceProvider.Sqlite));
        return Scalar(connection, "SELECT EXISTS (SELECT 1 FROM snapshot) OR EXISTS (SELECT 1 FROM journal WHERE NOT deleted)") is 0L;
    }

    /// <summary>With what belongs to it: a log of the old file must not be played into the new one.</summary>
    private string MoveAside()
    {
        ClosePooled();
        var aside = $"{_path}.corrupt-{time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}";
        File.Move(_path, aside, overwrite: true);
        foreach (var suffix in (string[])["-wal", "-shm"])
            if (File.Exists(_path + suffix)) File.Move(_path + suffix, aside + suffix, overwrite: true);
        return aside;
    }

    private void ClosePooled()
    {
        using var connection = new SqliteConnection(ConnectionString);
        SqliteConnection.ClearPool(connection);
    }

    private static object? Scalar(SqliteConnection connection, string statement)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // constants
        command.CommandText = statement;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }

    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static FileStreamOptions Private(FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
