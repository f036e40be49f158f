using System.Reflection;
using Scp.Actors.Health;

namespace Scp.Host.Persistence;

/// <summary>The statements that make the tables: what scpd itself runs, and what <c>scpd print-ddl</c> shows.</summary>
internal static class Ddl
{
    public static string Of(PersistenceProvider provider)
    {
        var name = provider == PersistenceProvider.Sqlite ? "sqlite.sql" : "postgresql.sql";
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Scp.Host.{name}")
            ?? throw new InvalidOperationException($"{name} is missing from the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
