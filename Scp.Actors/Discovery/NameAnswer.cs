using Scp.Actors.BackendPools;

namespace Scp.Actors.Discovery;

/// <summary>One address that a name stands for.</summary>
/// <param name="Address">"10.0.0.7:8080" or "[fd00::7]:8080".</param>
/// <param name="Priority">Of its SRV record, 0 to 65535, lower ones first; null for an address record.</param>
/// <param name="Weight">Share relative to the others, 1 to 1000, from its SRV record; null for an address record.</param>
public sealed record DiscoveredMember(string Address, int? Priority = null, int? Weight = null)
{
    /// <summary>The backend that it is. Its name is its address, so what is known of it holds through every refresh.</summary>
    public BackendSettings ToSettings(BackendSettings defaults) =>
        defaults with { Address = Address, Name = "", Priority = defaults.Priority + (Priority ?? 0), Weight = Weight ?? defaults.Weight };
}

/// <summary>What a resolution came to.</summary>
/// <param name="Members">Each address once; empty when it failed.</param>
/// <param name="TimeToLive">The shortest of the records.</param>
/// <param name="Failure">Why there are no members; empty when there are.</param>
public sealed record NameAnswer(IReadOnlyList<DiscoveredMember> Members, TimeSpan TimeToLive, string Failure)
{
    public static NameAnswer Of(IReadOnlyList<DiscoveredMember> members, TimeSpan timeToLive) => new(members, timeToLive, "");

    public static NameAnswer Failed(string reason) => new([], TimeSpan.Zero, reason);
}
