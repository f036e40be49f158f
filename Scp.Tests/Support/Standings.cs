using System.Net;
using Scp.Actors.LoadBalancing;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Tests.Support;

/// <summary>Pools in whatever state a test wants.</summary>
internal static class Standings
{
    public static BackendStanding Of(string name, Func<BackendStanding, BackendStanding>? more = null)
    {
        var standing = new BackendStanding(new Backend(name, new IPEndPoint(IPAddress.Loopback, 8080)));
        return more is null ? standing : more(standing);
    }

    public static PoolSnapshot Pool(string name, params BackendStanding[] standings) =>
        new(name, standings, new RoundRobinPolicy(), Routes.Main.Current.Upstream);
}
