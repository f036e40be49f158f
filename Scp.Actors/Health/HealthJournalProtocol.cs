using Akka.Actor;
using Scp.Streams.Balancing;

namespace Scp.Actors.Health;

/// <summary>
/// What is remembered of a backend through a restart: its standing after the newest transition. The newest one replaces all earlier
/// ones, so a lost or doubled record does no harm.
/// </summary>
/// <param name="Pool">Name of the pool.</param>
/// <param name="Backend">Name of the backend.</param>
/// <param name="At">When the transition was.</param>
/// <param name="Transition">What happened, e.g. "ejected", "admin-drain": for people.</param>
/// <param name="Health">A hint: what is remembered as not up is probed before it gets traffic.</param>
/// <param name="Administrative">Holds until an operator says otherwise.</param>
/// <param name="Circuit">A hint, like health.</param>
/// <param name="Weight">The operator's weight; null when there is none.</param>
public sealed record RememberedBackend(
    string Pool, string Backend, DateTimeOffset At, string Transition,
    HealthStatus Health, AdministrativeState Administrative, CircuitState Circuit, int? Weight)
{
    /// <summary>Nothing that differs from a backend never heard of.</summary>
    public bool IsUnremarkable =>
        Health == HealthStatus.Up && Administrative == AdministrativeState.Ready && Circuit == CircuitState.Closed && Weight is null;
}

/// <summary>
/// Keep this. Sent by pools to their parent, which passes it on to the health journal if there is one; nobody waits for an answer.
/// </summary>
public sealed record Remember(RememberedBackend Backend) : INoSerializationVerificationNeeded;

/// <summary>
/// Asks pools to say again what still holds: the journal forgets what it did not hear of for long. Sent by the health journal to its parent,
/// which passes it on; answered by <see cref="Remember"/> for each backend.
/// </summary>
public sealed record RenewMemory : INoSerializationVerificationNeeded
{
    public static readonly RenewMemory Instance = new();
}

/// <summary>The health journal had to begin anew: it has forgotten who asked and what was not written yet.</summary>
internal sealed record JournalRestarted : INoSerializationVerificationNeeded
{
    public static readonly JournalRestarted Instance = new();
}

/// <summary>Asks the health journal what it remembers; answered by <see cref="Recalled"/> as soon as recovery is over.</summary>
public sealed record Recall : INoSerializationVerificationNeeded
{
    public static readonly Recall Instance = new();
}

/// <summary>
/// What was remembered at start, without what is too old. A pool gets its part of it before its first request, or later if the database
/// was not there in time; then what the pool learned meanwhile is worth more.
/// </summary>
public sealed record Recalled(IReadOnlyList<RememberedBackend> Backends) : INoSerializationVerificationNeeded
{
    public static readonly Recalled Nothing = new([]);
}
