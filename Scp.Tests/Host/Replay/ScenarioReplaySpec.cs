using Scp.Host.Replay.Results;

namespace Scp.Tests.Host.Replay;

public class ScenarioReplaySpec
{
    private const string Busy = """
        scenario {
          duration = 2m
          backends.a { latency { constant = null, p50 = 20ms, p99 = 200ms }, errors = 5% }
          backends.b { latency { constant = null, mean = 30ms }, changes = [{ at = 20s, does = crash }, { at = 50s, does = return }] }
          clients.some { rate = 50, arrivals = poisson, requests = [{ path = "/{key}" }, { path = "/post", method = POST, content = 1KiB }] }
          expect.failures = [{ }]
        }
        """;

    [Fact]
    public void The_same_seed_gives_the_same_run_to_the_byte() => Assert.Equal(Everything(Busy, 7), Everything(Busy, 7));

    [Fact]
    public void Another_seed_gives_another_run() => Assert.NotEqual(Everything(Busy, 7), Everything(Busy, 8));

    [Fact]
    public void Ten_minutes_at_a_hundred_requests_a_second_cost_a_bounded_number_of_turns()
    {
        var result = Replays.Run("scenario { duration = 10m, clients.some.rate = 100, expect.failures = [{ at-most = 0 }] }");

        Assert.True(result.Passed);
        Assert.InRange(result.Totals.Requests, 59_990, 60_000);
        Assert.InRange(result.Steps, 60_000, 60_000 * 12); // the time they take is quoted in the README of this project
    }

    [Fact]
    public void Clients_get_the_latency_of_the_backends()
    {
        var result = Replays.Run("scenario.expect.latency = [{ percentile = 50%, below = 10.1ms }]");

        Assert.True(result.Passed);
        Assert.All(result.Backends, b => Assert.Equal(10, b.P50.TotalMilliseconds));
        Assert.Equal(10.5, result.Totals.Longest.TotalMilliseconds); // a new connection takes a round trip
    }

    [Fact]
    public void A_backend_with_few_workers_makes_others_wait()
    {
        var result = Replays.Run("""
            scp.pools.main.backends = [{ name = a, address = "10.0.0.1:80" }]
            scp.pools.spare.backends = [{ name = b, address = "10.0.0.2:80" }, { name = c, address = "10.0.0.3:80" }]
            scenario { backends.a.workers = 1, clients.some { rate = 150, connections = 1000 }, expect.failures = [{ }] }
            """);

        // 150 requests a second, of which it can do 100: the last that is done in 10 s came after two thirds of them.
        Assert.InRange(result.Totals.Longest.TotalSeconds, 3.3, 3.4);
    }

    [Fact]
    public void Requests_that_wait_for_a_connection_wait_in_their_own_time()
    {
        var result = Replays.Run(
            "scenario { backends.a.latency.constant = 1s, clients.some { rate = 6, connections = 1 }, expect.failures = [{ }] }");

        // Six requests take 2.04 s where one second is given.
        Assert.InRange(result.Totals.Longest.TotalSeconds, 4.9, 6.1);
    }

    [Fact]
    public void A_backend_that_hangs_costs_its_clients_their_patience()
    {
        var result = Replays.Run("""
            scenario {
              backends.a.changes = [{ at = 0s, does = hang }]
              clients.some.timeout = 1s
              expect.failures = [{ at-least = 10 }]
            }
            """);

        Assert.True(result.Passed);
        Assert.Contains(result.Timeline, e => e.What == "clients" && e.Text.Contains("timed out", StringComparison.Ordinal));
    }

    [Fact]
    public void A_reload_changes_the_pool()
    {
        var result = Replays.Run("""
            scenario {
              operations = [{ at = 5s, reload { scp.pools.main.backends = [{ name = b, address = "10.0.0.2:80" }] } }]
              expect {
                standings = [{ backend = a, becomes = excluded, after = 5s, by = 5.1s }]
                traffic = [{ backend = a, from = 5.1s, at-most = 0 }, { backend = b, from = 5.1s, at-least = 90 }]
                failures = [{ at-most = 0 }]
              }
            }
            """);

        Assert.True(result.Passed, ReplayReport.Render(result, withTimeline: true));
    }

    [Fact]
    public void A_restart_cuts_what_is_under_way_and_the_next_request_is_served()
    {
        var result = Replays.Run("""
            scenario {
              operations = [{ at = 5.005s, restart = forgets }]
              expect.failures = [{ at-least = 1, at-most = 1 }]
            }
            """);

        Assert.True(result.Passed, ReplayReport.Render(result, withTimeline: true));
    }

    private static string Everything(string more, long seed)
    {
        var result = Replays.Run(more, seed);
        return ReplayReport.Render(result, withTimeline: true) + ReplayJson.Write(result);
    }
}
