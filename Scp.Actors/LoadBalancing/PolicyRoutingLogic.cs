using System.Net;
using Akka.Actor;
using Akka.Routing;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Actors.LoadBalancing;

/// <summary>
/// One of our policies as the logic of an Akka router: runs on the sender's thread, takes no lock and allocates nothing while the routees
/// stay the same.
/// </summary>
/// <remarks>
/// Load: a router learns nothing of what becomes of a message, so only a <see cref="RoutedWork"/> counts, until it is completed. Without
/// them all routees are always idle: least-requests, power-of-two and peak-ewma are then random by weight, and hashing has no bound.
/// Key: that of an <see cref="IConsistentHashable"/>, such as <see cref="ConsistentHashableEnvelope"/>; other messages get a random one.
/// Names: routees are hashed by their path without address, so all nodes agree.
/// </remarks>
/// <param name="policy">A policy with a state of its own.</param>
/// <param name="weights">By path; 1 for a routee that is not in it, such as one added later.</param>
/// <param name="time">Its clock dates latencies.</param>
/// <param name="seed">Where the random draws begin.</param>
public sealed class PolicyRoutingLogic(ILoadBalancingPolicy policy, IReadOnlyDictionary<string, int> weights, ITimeProvider time, ulong seed)
    : RoutingLogic
{
    private readonly ThreadLocal<PickRandom> _random = new(() => new PickRandom(StableHash.Nth(seed, Environment.CurrentManagedThreadId)));
    private Adapted _adapted = new([], new CandidateSet([], policy, SlowStart.Off));

    public override Routee Select(object message, Routee[] routees)
    {
        var adapted = Volatile.Read(ref _adapted);
        if (!ReferenceEquals(adapted.Routees, routees)) adapted = Adapt(routees, adapted);
        var random = _random.Value!;
        var now = (long)time.MonotonicClock.TotalMilliseconds;
        var key = policy.NeedsKey ? MessageKey.Of(message, random) : 0;
        var index = policy.Pick(new PickContext(key, now, random), adapted.Candidates, default);
        if (index < 0) return Routee.NoRoutee;
        if ((message is RouterEnvelope envelope ? envelope.Message : message) is RoutedWork work)
            work.Begin(adapted.Candidates.Backends[index], time);
        return routees[index];
    }

    /// <summary>Routees that were there before keep what was counted of them. Of two threads at it at once, the last one's is kept.</summary>
    private Adapted Adapt(Routee[] routees, Adapted previous)
    {
        var known = previous.Candidates.Backends.DistinctBy(b => b.Name).ToDictionary(b => b.Name);
        var standings = routees.Select(NameOf).Select(
            name => new BackendStanding(known.GetValueOrDefault(name) ?? new Backend(name, new RouteeAddress(name)))
            {
                Weight = weights.GetValueOrDefault(name, 1),
            });
        var adapted = new Adapted(routees, new CandidateSet([.. standings], policy, SlowStart.Off));
        Volatile.Write(ref _adapted, adapted);
        return adapted;
    }

    private static string NameOf(Routee routee) => routee switch
    {
        ActorRefRoutee one => one.Actor.Path.ToStringWithoutAddress(),
        ActorSelectionRoutee selection => selection.Selection.PathString,
        _ => routee.ToString() ?? "",
    };

    private sealed record Adapted(Routee[] Routees, CandidateSet Candidates);

    /// <summary>The address of an actor is its path.</summary>
    private sealed class RouteeAddress(string path) : EndPoint
    {
        public override string ToString() => path;
    }
}
