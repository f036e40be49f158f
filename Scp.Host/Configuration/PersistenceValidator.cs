using Scp.Actors.Health;
using Scp.Host.Persistence;

namespace Scp.Host.Configuration;

/// <summary>Checks scp.persistence as a whole. Pure.</summary>
internal static class PersistenceValidator
{
    /// <returns>What is wrong, or null.</returns>
    public static (string Path, string Message)? Validate(PersistenceSettings settings)
    {
        const string Key = "scp.persistence.connection-string";
        if (settings is not { Enabled: true, Provider: PersistenceProvider.PostgreSql }) return null;
        try
        {
            return PostgreSqlStorage.Options(settings.ConnectionString).Host is { Length: > 0 }
                ? null : (Key, "must name the server: \"Host=db.example;Database=scp;Username=scp;Password=...\"");
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            return (Key, "is not a connection string: write \"Host=db.example;Database=scp;Username=scp;Password=...\"");
        }
    }
}
