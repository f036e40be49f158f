using Scp.Streams.Dispatch;

namespace Scp.Streams.Balancing;

/// <summary>Picks one of the candidates. Thread-safe, lock-free, allocates nothing in <see cref="Pick"/>.</summary>
public interface ILoadBalancingPolicy
{
    /// <summary>The name in the configuration, e.g. "round-robin".</summary>
    string Name { get; }

    /// <summary>Whether <see cref="PickContext.Key"/> is needed.</summary>
    bool NeedsKey => false;

    /// <summary>What <see cref="Pick"/> needs to know of the candidates, computed when they change; null for nothing.</summary>
    object? Prepare(CandidateSet candidates) => null;

    /// <summary>
    /// The index of a candidate for which <see cref="CandidateSet.IsOpen"/> holds, or -1 when there is none.
    /// </summary>
    int Pick(in PickContext context, CandidateSet candidates, in TriedBackends tried);
}

/// <summary>What a policy may look at besides the candidates.</summary>
/// <param name="Key">The hash of the request's key; 0 unless the policy needs one.</param>
/// <param name="Now">Milliseconds of the clock.</param>
/// <param name="Random">The randomness of the connection.</param>
public readonly record struct PickContext(ulong Key, long Now, PickRandom Random);
