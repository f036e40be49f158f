using CsCheck;
using Scp.Actors.BackendPools;
using Scp.Actors.Health;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Tests.Actors.BackendPools;

/// <summary>What holds after any sequence of commands.</summary>
public class BackendPoolStatePropertySpec
{
    private const int Backends = 5;

    private static readonly BackendPoolState Start = PoolStates.Of(
        Backends, "health-check.type = tcp, circuit.backend.enabled = on, circuit.pool.enabled = on, slow-start.window = 10s");

    private static readonly Gen<string> AnyBackend = Gen.Int[0, Backends].Select(PoolStates.Name); // one of them is no member

    private static readonly Gen<PoolCommand> AnyCommand = Gen.Frequency(
        (4, AnyBackend.Select(b => (PoolCommand)new ProbePassed(b))),
        (4, AnyBackend.Select(b => (PoolCommand)new ProbeFailed(b, "refused"))),
        (6, Gen.Select(AnyBackend, Gen.Int[0, 30], Gen.Int[0, 30], Gen.Int[0, 8], Gen.Bool.Select(b => b ? AttemptOutcome.ServerError : AttemptOutcome.ConnectFailed))
            .Select((b, s, f, row, last) => (PoolCommand)new OutcomesObserved(b, new OutcomeTally(s, f, s), row, last))),
        (4, Gen.Const((PoolCommand)TimePassed.Instance)),
        (2, Gen.Select(AnyBackend, Gen.Enum<AdministrativeState>(), Gen.Int[-1, 9])
            .Select((b, s, w) => (PoolCommand)new Administer(b, s, w))),
        (1, Gen.Select(AnyBackend, Gen.Enum<HealthStatus>(), Gen.Enum<AdministrativeState>()).Select((b, h, a) => (PoolCommand)new RecallStandings(
            [new RememberedBackend("origin", b, default, "", h, a, CircuitState.Closed, null)]))),
        (1, Gen.Int[1, Backends].Select(n => (PoolCommand)new MembersChanged(Start.Settings, [.. Start.Settings.Backends.Take(n)]))));

    private static readonly Gen<(PoolCommand Command, int Pause)[]> AnyHistory = Gen.Select(AnyCommand, Gen.Int[0, 8000]).Array[1, 60];

    [Fact]
    public void Health_never_changes_what_an_operator_said() => Check((before, command, after) =>
    {
        if (command is Administer or RecallStandings) return;
        foreach (var (old, now) in Survivors(before, after))
            Assert.Equal((old.Administrative, old.Weight), (now.Administrative, now.Weight));
    });

    [Fact]
    public void An_operator_never_changes_health_or_circuit() => Check((before, command, after) =>
    {
        if (command is not Administer) return;
        foreach (var (old, now) in Survivors(before, after)) Assert.Equal((old.Health, old.Circuit), (now.Health, now.Circuit));
    });

    [Fact]
    public void An_ejection_never_leaves_too_few() => Check((before, command, after) =>
    {
        if (!Survivors(before, after).Any(p => p.Old.Health != HealthStatus.Ejected && p.Now.Health == HealthStatus.Ejected)) return;
        var missing = after.Backends.Values.Count(b => b.Health != HealthStatus.Up);
        Assert.True(missing <= Math.Floor(after.Settings.Outlier.MaxEjected * after.Backends.Count));
    });

    [Fact]
    public void Only_a_probe_brings_back_who_is_down_or_suspect() => Check((before, command, after) =>
    {
        if (command is ProbePassed) return;
        foreach (var (old, now) in Survivors(before, after))
            Assert.False(old.Health is HealthStatus.Down or HealthStatus.Suspect && now.Health == HealthStatus.Up);
    });

    [Fact]
    public void One_command_concerns_one_backend() => Check((before, command, after) =>
    {
        var concerned = command switch
        {
            ProbePassed c => c.Backend,
            ProbeFailed c => c.Backend,
            OutcomesObserved c => c.Backend,
            Administer c => c.Backend,
            _ => null,
        };
        if (concerned is null) return;
        foreach (var (old, now) in Survivors(before, after).Where(p => p.Old.Name != concerned)) Assert.Same(old, now);
    });

    [Fact]
    public void The_members_are_those_in_order() => Check((_, _, after) =>
        Assert.Equal(after.Order.Order(), after.Backends.Keys.Order()));

    [Fact]
    public void Events_that_change_no_snapshot_change_nothing_that_requests_see() => AnyHistory.Sample(history =>
    {
        var (pool, now) = (Start, 0L);
        foreach (var (command, pause) in history)
        {
            now += pause;
            var events = pool.Decide(command, now);
            var after = pool.After(events);
            if (!events.Any(e => e.ChangesSnapshot)) Assert.Equal(Standings(pool), Standings(after));
            pool = after;
        }
    }, iter: 300);

    [Fact]
    public void The_same_command_leads_to_the_same() => AnyHistory.Sample(history =>
    {
        var (pool, now) = (Start, 0L);
        foreach (var (command, pause) in history)
        {
            now += pause;
            var events = pool.Decide(command, now);
            Assert.Equal(events.Select(e => e.ToString()), pool.Decide(command, now).Select(e => e.ToString()));
            pool = pool.After(events);
        }
    }, iter: 200);

    private static void Check(Action<BackendPoolState, PoolCommand, BackendPoolState> holds) => AnyHistory.Sample(history =>
    {
        var (pool, now) = (Start, 0L);
        foreach (var (command, pause) in history)
        {
            now += pause;
            var before = pool;
            pool = pool.After(pool.Decide(command, now));
            holds(before, command, pool);
        }
    }, iter: 300);

    private static IEnumerable<(BackendState Old, BackendState Now)> Survivors(BackendPoolState before, BackendPoolState after) =>
        from old in before.Backends.Values
        where after.Backends.ContainsKey(old.Name)
        select (old, after.Backends[old.Name]);

    private static string Standings(BackendPoolState pool) => string.Join('\n', PoolSnapshots.Build(pool, (_, _) => null, null).Standings
        .Select(s => $"{s.Backend.Name} {s.Health} {s.Administrative} {s.Circuit} {s.Weight} {s.WarmingSince}"));
}
