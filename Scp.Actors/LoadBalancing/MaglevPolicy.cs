using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Actors.LoadBalancing;

/// <summary>
/// Consistent hashing by a table (Maglev, Eisenbud et al. 2016): shares more even than a ring's and one memory access for a pick. When a
/// backend comes or goes a few more keys move than have to: with 100 backends about 1 % beside those.
/// </summary>
/// <param name="boundedLoad">How far above the average load a backend may be, e.g. 1.25; null for no bound.</param>
public sealed class MaglevPolicy(double? boundedLoad) : ILoadBalancingPolicy
{
    public const string PolicyName = "maglev";

    public string Name => PolicyName;

    public bool NeedsKey => true;

    public object? Prepare(CandidateSet candidates) =>
        candidates.Count == 0 ? null : new HashOwners(MaglevTable.Build(candidates), candidates, boundedLoad);

    public int Pick(in PickContext context, CandidateSet candidates, in TriedBackends tried) =>
        candidates.Prepared is HashOwners owners ? owners.Pick(MaglevTable.PlaceOf(context.Key), candidates, tried, context.Random) : -1;
}
