namespace Scp.Actors;

/// <summary>Names in the actor tree, see README.md.</summary>
public static class ActorPaths
{
    public const string Root = "scp";
    public const string Config = "config";
    public const string Listeners = "listeners";
    public const string Pools = "pools";
}
