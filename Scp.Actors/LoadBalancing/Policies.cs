using Scp.Streams.Balancing;

namespace Scp.Actors.LoadBalancing;

/// <summary>The policies by name.</summary>
public static class Policies
{
    public static IReadOnlyList<string> Names { get; } =
    [
        PowerOfTwoPolicy.PolicyName, LeastRequestsPolicy.PolicyName, PeakEwmaPolicy.PolicyName, RoundRobinPolicy.PolicyName,
        WeightedRoundRobinPolicy.PolicyName, RandomPolicy.PolicyName, RingHashPolicy.PolicyName, MaglevPolicy.PolicyName,
    ];

    /// <summary>A new policy with a state of its own, for one pool.</summary>
    /// <exception cref="ArgumentException">There is none of that name; the settings are validated before.</exception>
    public static ILoadBalancingPolicy Create(string name, HashSettings hash) => name switch
    {
        PowerOfTwoPolicy.PolicyName => new PowerOfTwoPolicy(),
        RoundRobinPolicy.PolicyName => new RoundRobinPolicy(),
        WeightedRoundRobinPolicy.PolicyName => new WeightedRoundRobinPolicy(),
        RandomPolicy.PolicyName => new RandomPolicy(),
        LeastRequestsPolicy.PolicyName => new LeastRequestsPolicy(),
        PeakEwmaPolicy.PolicyName => new PeakEwmaPolicy(),
        RingHashPolicy.PolicyName => new RingHashPolicy(hash.RingPoints, hash.BoundedLoad),
        MaglevPolicy.PolicyName => new MaglevPolicy(hash.BoundedLoad),
        _ => throw new ArgumentException($"No load-balancing policy is named \"{name}\".", nameof(name)),
    };

    /// <summary>
    /// The policy that was in force when it still is the same, so that turns go on where they were; policies that hash have no state
    /// and are made anew.
    /// </summary>
    public static ILoadBalancingPolicy KeepOrCreate(ILoadBalancingPolicy? previous, string name, HashSettings hash) =>
        previous is { NeedsKey: false } && previous.Name == name ? previous : Create(name, hash);
}
