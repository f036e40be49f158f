using Akka.Actor;
using Scp.Streams.Balancing;

namespace Scp.Actors.BackendPools;

/// <summary>A reload changed the pool.</summary>
public sealed record PoolChanged(PoolSettings Settings) : INoSerializationVerificationNeeded;

/// <summary>Name resolution found the members of a pool, beside those that its settings list. Sent to the pool's actor.</summary>
public sealed record MembersResolved(IReadOnlyList<BackendSettings> Members) : INoSerializationVerificationNeeded;

/// <summary>
/// An operator changes a backend: what is null stays. Sent to /user/scp/pools; answered by <see cref="BackendAdministered"/>.
/// </summary>
/// <param name="Pool">Name of the pool.</param>
/// <param name="Backend">Name of the backend.</param>
/// <param name="State">The new administrative state.</param>
/// <param name="Weight">The new weight, 0 to 1000; -1 takes back an earlier override.</param>
public sealed record AdministerBackend(string Pool, string Backend, AdministrativeState? State, int? Weight) : INoSerializationVerificationNeeded;

/// <summary>What became of it.</summary>
/// <param name="Standing">The backend as new requests see it, or null.</param>
/// <param name="Refusal">Why nothing was done; empty when it was.</param>
public sealed record BackendAdministered(BackendStanding? Standing, string Refusal) : INoSerializationVerificationNeeded;
