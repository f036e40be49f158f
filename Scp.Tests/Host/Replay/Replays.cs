using Scp.Host.Hocon;
using Scp.Host.Replay;
using Scp.Host.Replay.Results;
using Scp.Host.Replay.Scenarios;

namespace Scp.Tests.Host.Replay;

/// <summary>Scenarios of three backends under round-robin, with what a test changes.</summary>
internal static class Replays
{
    public const string Base = """
        scp {
          pools.main {
            load-balancing = round-robin
            backends = [
              { name = a, address = "10.0.0.1:80" }, { name = b, address = "10.0.0.2:80" }, { name = c, address = "10.0.0.3:80" }
            ]
          }
          routes.all { pool = main }
        }
        scenario {
          title = test
          duration = 10s
          backends {
            a { address = "10.0.0.1:80", latency.constant = 10ms }
            b { address = "10.0.0.2:80", latency.constant = 10ms }
            c { address = "10.0.0.3:80", latency.constant = 10ms }
          }
          clients.some { rate = 20, arrivals = even }
        }

        """;

    public static LoadedScenario Load(string more) => ScenarioReader.Read(
        [HoconSource.FromText("base", Base), HoconSource.FromText("test", more)], _ => null);

    public static ReplayResult Run(string more, long? seed = null)
    {
        var loaded = Load(more);
        Assert.True(loaded.Scenario is not null, string.Join('\n', loaded.Errors));
        return ScenarioReplay.Run(loaded.Scenario, seed);
    }
}
