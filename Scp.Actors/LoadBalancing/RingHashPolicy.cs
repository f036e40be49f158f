using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Actors.LoadBalancing;

/// <summary>
/// Consistent hashing on a ring: the same key goes to the same backend, in every process, and when a backend comes or goes only the keys
/// move that it gets or had. Points follow from the backend's name, so neither order nor address matters.
/// </summary>
/// <param name="points">Points on the ring for each unit of weight; more make shares more even and the ring larger.</param>
/// <param name="boundedLoad">How far above the average load a backend may be, e.g. 1.25; null for no bound.</param>
public sealed class RingHashPolicy(int points, double? boundedLoad) : ILoadBalancingPolicy
{
    public const string PolicyName = "ring-hash";

    public string Name => PolicyName;

    public bool NeedsKey => true;

    public object? Prepare(CandidateSet candidates) => candidates.Count == 0 ? null : new HashRing(candidates, points, boundedLoad);

    public int Pick(in PickContext context, CandidateSet candidates, in TriedBackends tried) =>
        candidates.Prepared is HashRing ring ? ring.Owners.Pick(ring.PlaceOf(context.Key), candidates, tried, context.Random) : -1;
}
