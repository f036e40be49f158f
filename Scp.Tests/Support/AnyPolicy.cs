using Scp.Actors.LoadBalancing;
using Scp.Streams.Balancing;

namespace Scp.Tests.Support;

/// <summary>Policies with the settings of reference.conf.</summary>
public static class AnyPolicy
{
    public static readonly HashSettings Hash = new() { Key = HashKeySource.ClientAddress, Name = "", BoundedLoad = 1.25, RingPoints = 100 };

    public static ILoadBalancingPolicy Create(string name, double? boundedLoad = 1.25) =>
        Policies.Create(name, Hash with { BoundedLoad = boundedLoad });
}
