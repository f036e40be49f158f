namespace Scp.Actors.Discovery;

/// <summary>What operators see of a pool's name resolution. Immutable; replaced by each answer.</summary>
/// <param name="Type">Which records are asked for.</param>
/// <param name="Name">Of what.</param>
/// <param name="State">What is known.</param>
public sealed record DiscoveryView(DiscoveryType Type, string Name, DiscoveryState State);
