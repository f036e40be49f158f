using System.Collections.Immutable;
using Scp.Actors.Health;
using Scp.Streams.Balancing;

namespace Scp.Actors.BackendPools;

/// <summary>Who is a member: a backend is the same as before when name and address are.</summary>
internal static class MembershipRules
{
    public static List<PoolEvent> Decide(BackendPoolState pool, MembersChanged command, long now)
    {
        var events = new List<PoolEvent>();
        if (!ReferenceEquals(pool.Settings, command.Settings)) events.Add(new PoolReconfigured(command.Settings, now));
        var members = command.Members.ToDictionary(m => m.MemberName);
        Leave(pool, members, events, now);
        var isRunning = pool.Backends.Count > 0;
        foreach (var member in command.Members)
        {
            if (!pool.Backends.TryGetValue(member.MemberName, out var known) || known.Settings.Address != member.Address)
                Join(pool, member, isRunning, events, now);
            else if (known.Settings != member) events.Add(new BackendReconfigured(member, now));
        }

        var order = command.Members.Select(m => m.MemberName).ToImmutableArray();
        if (!order.SequenceEqual(pool.Order)) events.Add(new MembersOrdered(order, now));
        return events;
    }

    /// <summary>What an operator said of a backend outlives its membership.</summary>
    private static void Leave(BackendPoolState pool, Dictionary<string, BackendSettings> members, List<PoolEvent> events, long now)
    {
        foreach (var backend in pool.Backends.Values)
        {
            var stays = members.TryGetValue(backend.Name, out var member) && member.Address == backend.Settings.Address;
            if (stays) continue;
            if (!backend.HasNoOverride) events.Add(new StandingsKept([Override(pool, backend)], now));
            events.Add(new BackendLeft(backend.Name, now));
        }
    }

    private static void Join(BackendPoolState pool, BackendSettings member, bool isRunning, List<PoolEvent> events, long now)
    {
        events.Add(new BackendJoined(member, isRunning, now));
        var joined = new BackendState(member);
        if (pool.Backends.TryGetValue(member.MemberName, out var moved) && !moved.HasNoOverride)
            events.AddRange(RecallRules.Of(joined, Override(pool, moved), now));
        else if (pool.Remembered.TryGetValue(member.MemberName, out var remembered))
            events.AddRange(RecallRules.Of(joined, remembered, now));
    }

    private static RememberedBackend Override(BackendPoolState pool, BackendState backend) => new(
        pool.Name, backend.Name, DateTimeOffset.MinValue, "", HealthStatus.Up, backend.Administrative, CircuitState.Closed, backend.Weight);
}
