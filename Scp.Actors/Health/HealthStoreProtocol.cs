using Akka.Actor;

namespace Scp.Actors.Health;

/// <summary>Journal to store: write these. Answered by <see cref="FactsWritten"/>; the next only after that.</summary>
internal sealed record WriteFacts(IReadOnlyList<RememberedBackend> Facts) : INoSerializationVerificationNeeded;

/// <summary>The database has them.</summary>
/// <param name="Facts">As they were sent.</param>
/// <param name="Transitions">How many of them were news.</param>
internal sealed record FactsWritten(IReadOnlyList<RememberedBackend> Facts, int Transitions) : INoSerializationVerificationNeeded;

/// <summary>Store to journal: recovery is over.</summary>
internal sealed record StoreReady(RememberedBackends Stored, int Unreadable) : INoSerializationVerificationNeeded;

/// <summary>Store to journal: something failed.</summary>
/// <param name="Cause">What.</param>
/// <param name="Stops">The store stops now: it was recovery or a write. Otherwise a snapshot or the deletion of old records.</param>
internal sealed record StoreFailed(Exception Cause, bool Stops) : INoSerializationVerificationNeeded;

/// <summary>Asks the journal to say when everything was written, or that it cannot be: answered by <see cref="Flushed"/>.</summary>
public sealed record Flush : INoSerializationVerificationNeeded
{
    public static readonly Flush Instance = new();
}

/// <param name="Unwritten">Facts that will be lost when the process ends now.</param>
public sealed record Flushed(int Unwritten) : INoSerializationVerificationNeeded;
