using Akka.Actor;

namespace Scp.Actors;

/// <summary>Names in the actor tree, see README.md.</summary>
public static class ActorPaths
{
    public const string Root = "scp";
    public const string Config = "config";
    public const string Listeners = "listeners";
    public const string Pools = "pools";

    /// <summary>Below <see cref="Pools"/>.</summary>
    public const string Journal = "journal";

    /// <summary>
    /// The actor name of a thing that the user named: escaped, and numbered ("main~2") while an older child with that name still drains
    /// or stops.
    /// </summary>
    internal static string FreeName(IActorContext context, string name)
    {
        var escaped = Uri.EscapeDataString(name);
        var free = escaped;
        for (var n = 2; !context.Child(free).IsNobody(); n++) free = $"{escaped}~{n}";
        return free;
    }
}
