using System.Text;
using Scp.Actors.BackendPools;
using Scp.Actors.Health;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Tests.Actors.BackendPools;

/// <summary>Tries every command in every state of each of the three facts, and prints what the fact becomes.</summary>
internal static class TransitionTable
{
    /// <summary>One probe, one success and one failure decide, so that each cell is one step.</summary>
    private const string OneStep = """
        health-check { type = tcp, rise = 1, fall = 1 }
        outlier { consecutive-failures = 5, ejection-time = 10s }
        circuit.backend { enabled = on, close-after = 1, open-time = 20s, max-open-time = 20s, minimum-requests = 10 }
        """;

    private static readonly (string Name, PoolCommand Command, double Seconds)[] Commands =
    [
        ("probe passed", new ProbePassed("a"), 0),
        ("probe failed", new ProbeFailed("a", "refused"), 0),
        ("5 failed in a row", PoolStates.Failures("a", 5), 0),
        ("half of 10 failed", PoolStates.Mixed("a", 5, 5), 0),
        ("1 failed", PoolStates.Mixed("a", 0, 1), 0),
        ("1 succeeded", PoolStates.Successes("a", 1), 0),
        ("time over", TimePassed.Instance, 30),
        ("recalled: down", Recall(HealthStatus.Down, AdministrativeState.Ready), 0),
        ("recalled: drain", Recall(HealthStatus.Up, AdministrativeState.Draining), 0),
        ("drain", new Administer("a", AdministrativeState.Draining, null), 0),
        ("maintenance", new Administer("a", AdministrativeState.Maintenance, null), 0),
        ("ready", new Administer("a", AdministrativeState.Ready, null), 0),
    ];

    private static readonly (string Name, PoolCommand[] Way, Func<BackendState, string> Fact)[] States =
    [
        ("Up", [], HealthOf),
        ("Down", [new ProbeFailed("a", "refused")], HealthOf),
        ("Suspect", [Recall(HealthStatus.Down, AdministrativeState.Ready)], HealthOf),
        ("Ejected", [PoolStates.Failures("a", 5)], HealthOf),
        ("Ejected*", [PoolStates.Failures("a", 5, AttemptOutcome.ConnectFailed)], HealthOf),
        ("Closed", [], CircuitOf),
        ("Open", [PoolStates.Mixed("a", 5, 5)], CircuitOf),
        ("HalfOpen", [PoolStates.Mixed("a", 5, 5), TimePassed.Instance], CircuitOf),
        ("Ready", [], AdministrationOf),
        ("Draining", [new Administer("a", AdministrativeState.Draining, null)], AdministrationOf),
        ("Maintenance", [new Administer("a", AdministrativeState.Maintenance, null)], AdministrationOf),
    ];

    public static string Print()
    {
        var text = new StringBuilder($"{"command",-18}{string.Concat(States.Select(s => $"| {s.Name,-12}"))}".TrimEnd()).Append('\n');
        text.Append('-', 18).Append(string.Concat(States.Select(_ => "+-------------"))).Append('\n');
        foreach (var (name, command, seconds) in Commands)
            text.Append($"{name,-18}{string.Concat(States.Select(s => $"| {Cell(s.Way, s.Fact, command, seconds),-12}"))}".TrimEnd()).Append('\n');
        return text.ToString();
    }

    private static string Cell(PoolCommand[] way, Func<BackendState, string> fact, PoolCommand command, double seconds)
    {
        var pool = new PoolAt(PoolStates.Of(4, OneStep), 100_000);
        foreach (var step in way)
        {
            if (step is TimePassed) pool.Pass(seconds: 20);
            else pool.Do(step);
        }

        var before = fact(pool["a"]);
        pool = pool with { Now = pool.Now + (long)(seconds * 1000) };
        pool.Do(command);
        return fact(pool["a"]) is var after && after == before ? "-" : after;
    }

    private static string HealthOf(BackendState backend) => backend.Health.ToString();

    private static string CircuitOf(BackendState backend) => backend.Circuit.State.ToString();

    private static string AdministrationOf(BackendState backend) => backend.Administrative.ToString();

    private static RecallStandings Recall(HealthStatus health, AdministrativeState administrative) =>
        new([new RememberedBackend("origin", "a", default, "", health, administrative, CircuitState.Closed, null)]);
}
