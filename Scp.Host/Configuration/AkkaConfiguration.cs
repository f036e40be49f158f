using Akka.Configuration;
using Scp.Actors.EventDispatch;
using Scp.Actors.LoadBalancing;
using Scp.Host.Hocon;
using Scp.Host.Hocon.Output;

namespace Scp.Host.Configuration;

/// <summary>
/// What Akka gets: the user's own akka keys as canonical JSON (its parser would lose keys of the file), over what SCP needs.
/// </summary>
internal static class AkkaConfiguration
{
    /// <summary>Above what scp.drain allows together: the drain knows its own end, and Akka's shutdown waits for it.</summary>
    public static readonly TimeSpan LongestDrain = TimeSpan.FromHours(26);

    /// <param name="root">The configuration.</param>
    /// <param name="persistence">What the database of the health journal needs; empty when there is none.</param>
    public static Config Build(HoconObject root, string persistence = "")
    {
        var ours = ConfigurationFactory.ParseString($$"""
            akka {
              log-config-on-start = off
              log-dead-letters = off
              scheduler.tick-duration = 50ms # the sweep over deadlines runs every 250 ms; a finer tick only wakes threads
              log-dead-letters-during-shutdown = off
              coordinated-shutdown {
                default-phase-timeout = 5s
                run-by-clr-shutdown-hook = off
                exit-clr = off
                phases.before-service-unbind.timeout = {{LongestDrain.TotalHours}}h
              }
            }
            {{InlineDispatcher.Hocon}}
            {{BackendGroup.Hocon}}
            {{persistence}}
            """);
        return root.TryFindObject("akka", out var akka)
            ? ConfigurationFactory.ParseString($"{{\"akka\":{CanonicalJson.Write(akka)}}}").WithFallback(ours)
            : ours;
    }
}
