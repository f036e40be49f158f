using Microsoft.Data.Sqlite;
using Scp.Tests.EndToEnd.Lifecycle;

namespace Scp.Tests.Support;

/// <summary>A database file in a folder of its own, and what another program can see of it.</summary>
internal sealed class SqliteFile : IDisposable
{
    public TestFolder Folder { get; } = new();

    public string Path => Folder.File("state.db");

    /// <summary>Bytes of the file and of what SQLite keeps beside it.</summary>
    public long Size => new DirectoryInfo(Folder.Path).GetFiles("state.db*").Sum(f => f.Length);

    /// <summary>The one number that a query finds.</summary>
    public long Count(string query)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = query;
        return (long)command.ExecuteScalar()!;
    }

    public SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        return connection;
    }

    public static void Execute(SqliteConnection connection, string statement)
    {
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }

    public void Dispose() => Folder.Dispose();
}
