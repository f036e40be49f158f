using Akka.Configuration;
using Scp.Actors.EventDispatch;
using Scp.Host.Hocon;
using Scp.Host.Hocon.Output;

namespace Scp.Host.Configuration;

/// <summary>What Akka gets: the user's own akka keys as canonical JSON (its parser would lose keys of the file), over what SCP needs.</summary>
internal static class AkkaConfiguration
{
    public static Config Build(HoconObject root, HostSettings settings)
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
                phases {
                  before-service-unbind.timeout = {{Milliseconds(settings.Drain.LameDuck + TimeSpan.FromSeconds(2))}}
                  service-requests-done.timeout = {{Milliseconds(settings.Drain.HardStop + TimeSpan.FromSeconds(10))}}
                }
              }
            }
            {{InlineDispatcher.Hocon}}
            """);
        return root.TryFindObject("akka", out var akka)
            ? ConfigurationFactory.ParseString($"{{\"akka\":{CanonicalJson.Write(akka)}}}").WithFallback(ours)
            : ours;
    }

    private static string Milliseconds(TimeSpan time) => $"{(long)time.TotalMilliseconds}ms";
}
