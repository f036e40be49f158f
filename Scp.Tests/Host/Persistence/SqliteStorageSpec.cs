using Microsoft.Data.Sqlite;
using Scp.Host.Persistence;
using Scp.Tests.EndToEnd.Lifecycle;

namespace Scp.Tests.Host.Persistence;

public sealed class SqliteStorageSpec : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_file_and_its_folder_are_made_for_their_owner_only_and_in_WAL_mode()
    {
        var path = _folder.File("var/scp/state.db");
        await using var storage = new SqliteStorage(path, TimeProvider.System);

        var opening = await storage.OpenAsync(default);

        Assert.Null(opening.Failure);
        Assert.True(opening.IsEmpty);
        Assert.Equal("wal", Scalar(storage, "PRAGMA journal_mode"));
        Assert.Equal(3L, Scalar(storage, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('journal', 'snapshot', 'tags')"));
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path + ".lock"));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.File("var/scp")));
    }

    [Fact]
    public async Task It_may_be_opened_again_and_is_empty_until_something_was_written()
    {
        await using var storage = new SqliteStorage(_folder.File("state.db"), TimeProvider.System);

        Assert.True((await storage.OpenAsync(default)).IsEmpty);
        Assert.True((await storage.OpenAsync(default)).IsEmpty);
        Scalar(storage, "INSERT INTO snapshot (persistence_id, sequence_number, created) VALUES ('x', 1, 1)");
        Assert.False((await storage.OpenAsync(default)).IsEmpty);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_a_failure_and_no_exception()
    {
        _folder.Write("file", "");
        await using var storage = new SqliteStorage(_folder.File("file/state.db"), TimeProvider.System);

        Assert.NotNull((await storage.OpenAsync(default)).Failure);
    }

    private static object? Scalar(SqliteStorage storage, string statement)
    {
        using var connection = new SqliteConnection(storage.ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        return command.ExecuteScalar();
    }
}
