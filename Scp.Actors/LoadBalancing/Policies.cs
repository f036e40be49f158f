using Scp.Streams.Balancing;

namespace Scp.Actors.LoadBalancing;

/// <summary>The policies by name.</summary>
public static class Policies
{
    /// <summary>A new policy with a state of its own, for one pool.</summary>
    /// <exception cref="ArgumentException">There is none of that name; the settings are validated before.</exception>
    public static ILoadBalancingPolicy Create(string name) => name switch
    {
        "round-robin" => new RoundRobinPolicy(),
        _ => throw new ArgumentException($"No load-balancing policy is named \"{name}\".", nameof(name)),
    };
}
