using Scp.Actors.Discovery;

namespace Scp.Host.Admin;

/// <summary>How the members of a pool were last resolved.</summary>
/// <param name="Type">Which records are asked for.</param>
/// <param name="Name">Of what.</param>
/// <param name="Members">Of the last good answer.</param>
/// <param name="Failure">Why the last resolution failed; empty when it did not.</param>
/// <param name="AnsweredMs">Milliseconds since the last good answer; null before the first.</param>
internal sealed record DiscoveryReport(DiscoveryType Type, string Name, int Members, string Failure, long? AnsweredMs)
{
    public static DiscoveryReport Of(DiscoveryView view, long now) => new(
        view.Type, view.Name, view.State.Members.Count, view.State.Failure, view.State.AnsweredAt is { } at ? now - at : null);
}
