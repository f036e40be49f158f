using Akka.Actor;

namespace Scp.Actors.Discovery;

/// <summary>A reload changed what is asked.</summary>
public sealed record DiscoveryChanged(DiscoverySettings Settings) : INoSerializationVerificationNeeded;

/// <summary>
/// Asks for <see cref="FirstAnswerKnown"/>, which comes once the first resolution has ended, well or not, and its members were sent to
/// the pool.
/// </summary>
public sealed record AwaitFirstAnswer : INoSerializationVerificationNeeded
{
    public static readonly AwaitFirstAnswer Instance = new();
}

/// <summary>The first resolution has ended.</summary>
public sealed record FirstAnswerKnown : INoSerializationVerificationNeeded
{
    public static readonly FirstAnswerKnown Instance = new();
}
