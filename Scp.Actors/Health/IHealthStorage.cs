namespace Scp.Actors.Health;

/// <summary>
/// The database below the journal, as far as Akka's plugin does not care: it is made, checked, repaired and locked here, before each start
/// of the store.
/// </summary>
public interface IHealthStorage : IAsyncDisposable
{
    /// <summary>For people: the file, or server and database, without secrets.</summary>
    string Name { get; }

    /// <summary>Makes the database ready to be read and written. May be called again at any time while the store is stopped.</summary>
    Task<StorageOpening> OpenAsync(CancellationToken cancellation);
}

/// <summary>What became of an attempt to open the database.</summary>
/// <param name="Failure">Why it cannot be used now, one line for people; null when it can.</param>
/// <param name="IsEmpty">It is new: nothing is remembered, and nobody needs to wait.</param>
/// <param name="Notice">What the operator must know, e.g. that a corrupt file was moved aside; null when there is nothing.</param>
public sealed record StorageOpening(string? Failure, bool IsEmpty = false, string? Notice = null);

/// <summary>What the journal gets from outside.</summary>
/// <param name="Settings">scp.persistence.</param>
/// <param name="Storage">The database.</param>
/// <param name="Metrics">What the journal counts.</param>
public sealed record HealthPersistence(PersistenceSettings Settings, IHealthStorage Storage, PersistenceMetrics Metrics);
