namespace Scp.Streams.Balancing;

/// <summary>What became of a backend in one decision.</summary>
public enum BackendVerdict : byte
{
    Taken,

    /// <summary>It could have taken the request, but the policy picked another.</summary>
    NotPicked,

    /// <summary>It could have taken the request, but another tier was drawn.</summary>
    OtherTier,

    /// <summary>The policy named it, and it was left alone because it is in its slow start.</summary>
    LeftToWarm,

    /// <summary>It is at its limit of requests at once.</summary>
    Busy,

    /// <summary>The request has been there already.</summary>
    Tried,

    /// <summary>Its health, an operator, its circuit or its weight takes it out.</summary>
    Excluded,

    /// <summary>It lacks a label that the route asks for.</summary>
    OutsideSubset,
}

/// <summary>Why the pick is what it is: see <see cref="PickExplanation"/>. Values only, to be printed and sent as they are.</summary>
/// <param name="Pool">Name of the pool.</param>
/// <param name="Policy">Name of its policy.</param>
/// <param name="Seed">What the random began with: the same seed draws the same.</param>
/// <param name="Subset">The route's subset; null for none.</param>
/// <param name="Session">The request's session; null when it has none.</param>
/// <param name="Tiers">The tiers that the draw was about, in order.</param>
/// <param name="Backends">Every backend of the pool, in configured order.</param>
/// <param name="Picked">The backend; null when there is none.</param>
/// <param name="Reason">How it came to be picked.</param>
/// <param name="Refusal">Why there is none.</param>
public sealed record PickTrace(
    string Pool, string Policy, ulong Seed, SubsetTrace? Subset, SessionTrace? Session, IReadOnlyList<TierTrace> Tiers,
    IReadOnlyList<BackendTrace> Backends, string? Picked, PickReason Reason, PickRefusal Refusal);

/// <param name="Labels">What the route asks for.</param>
/// <param name="Members">Backends that carry it.</param>
/// <param name="FellBack">Nobody does, so all of the pool are used.</param>
public sealed record SubsetTrace(IReadOnlyDictionary<string, string> Labels, int Members, bool FellBack);

/// <param name="Backend">What the session is bound to.</param>
/// <param name="Refusal">Why that backend does not take it; null when it does.</param>
public sealed record SessionTrace(string Backend, string? Refusal);

/// <param name="Priority">Number of the tier.</param>
/// <param name="Backends">How many it has.</param>
/// <param name="Available">How many of them may take requests.</param>
/// <param name="Candidates">How many the policy may choose from: in a panic also those that are not available.</param>
/// <param name="Share">Its share of the traffic, 0 to 1.</param>
/// <param name="IsPanic">Too few were left.</param>
/// <param name="Order">1 for the tier that was asked first, 0 for one that was not asked.</param>
public sealed record TierTrace(int Priority, int Backends, int Available, int Candidates, double Share, bool IsPanic, int Order);

/// <param name="Name">Name of the backend.</param>
/// <param name="Address">Where it is.</param>
/// <param name="Priority">Its tier.</param>
/// <param name="Weight">Its weight.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Health">First of the three facts about it.</param>
/// <param name="Administrative">Second.</param>
/// <param name="Circuit">Third.</param>
/// <param name="Active">Requests that are with it.</param>
/// <param name="Limit">How many may be; null for any number.</param>
/// <param name="Warmth">The share of its usual traffic that it gets while in its slow start; 1 after it.</param>
/// <param name="Verdict">What became of it.</param>
/// <param name="Why">The same in words.</param>
public sealed record BackendTrace(
    string Name, string Address, int Priority, int Weight, IReadOnlyDictionary<string, string> Labels, HealthStatus Health,
    AdministrativeState Administrative, CircuitState Circuit, int Active, int? Limit, double Warmth, BackendVerdict Verdict, string Why);
