using Scp.Streams.Limits;

namespace Scp.Actors.Discovery;

/// <summary>What the name resolution of one pool gets from outside.</summary>
/// <param name="Pool">The pool's name, for the log.</param>
/// <param name="Resolvers">Makes who is asked.</param>
/// <param name="Clock">The time of answers.</param>
/// <param name="Random">Thread-safe; keeps pools that start together from asking together for ever.</param>
/// <param name="Publish">Takes what operators see; null when it has ended. Called from the actor.</param>
public sealed record DiscoveryContext(
    string Pool, Func<DiscoverySettings, INameResolver> Resolvers, Clock Clock, Random Random, Action<DiscoveryView?> Publish);
