using System.Diagnostics;

namespace Scp.Tests.Support;

/// <summary>A test that needs a PostgreSQL server; skipped where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgreSqlFactAttribute : FactAttribute
{
    public PostgreSqlFactAttribute()
    {
        if (PostgreSqlServer.Missing is { } missing) Skip = missing;
    }
}

/// <summary>A PostgreSQL server of the tests: its own data in a temporary folder, its own socket, gone at the end.</summary>
public sealed class PostgreSqlServer : IDisposable
{
    private const string Account = "postgres";

    /// <summary>Where the distribution puts initdb and pg_ctl; the newest version.</summary>
    private static string? Programs { get; } = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).Where(d => File.Exists(Path.Combine(d, "initdb")))
            .OrderByDescending(d => d, StringComparer.Ordinal).FirstOrDefault()
        : null;

    private readonly string _folder = Directory.CreateTempSubdirectory("scp-pg-").FullName;
    private int _databases;

    public PostgreSqlServer()
    {
        if (Missing is not null) return;
        if (IsRoot) Run("chown", Account, _folder);
        RunServer("initdb", "-D", Data, "-A", "trust", "-U", "scp", "-E", "UTF8", "--no-sync");
        Start();
    }

    /// <summary>Why there is none; null when there is.</summary>
    public static string? Missing { get; } =
        Programs is null ? "PostgreSQL is not installed (apt-get install postgresql)."
        : IsRoot && !HasAccount ? "PostgreSQL does not run as root, and there is no account postgres."
        : null;

    private static bool IsRoot => Environment.UserName == "root";

    private static bool HasAccount => File.ReadLines("/etc/passwd").Any(l => l.StartsWith(Account + ":", StringComparison.Ordinal));

    private string Data => Path.Combine(_folder, "data");

    public void Start() => RunServer(
        "pg_ctl", "start", "-w", "-D", Data, "-l", Path.Combine(_folder, "log"),
        "-o", $"-k {_folder} -c listen_addresses= -c fsync=off -c max_connections=50");

    public void Stop() => RunServer("pg_ctl", "stop", "-w", "-D", Data, "-m", "immediate");

    /// <summary>A database that nobody has used, as a connection string.</summary>
    public string NewDatabase()
    {
        var name = $"test{++_databases}";
        RunServer("createdb", "-h", _folder, "-U", "scp", name);
        return $"Host={_folder};Username=scp;Database={name}";
    }

    public void Dispose()
    {
        if (Missing is null && File.Exists(Path.Combine(Data, "postmaster.pid"))) Stop();
        Directory.Delete(_folder, recursive: true);
    }

    private static void RunServer(string program, params string[] arguments)
    {
        program = Path.Combine(Programs!, program);
        if (IsRoot) Run("runuser", ["-u", Account, "--", program, .. arguments]);
        else Run(program, arguments);
    }

    private static void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "cd / && exec \"$@\" >/dev/null 2>&1", "sh", program, .. arguments]);
        using var process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }
}
