using System.Net;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Time.Testing;
using Scp.Actors.BackendPools;
using Scp.Actors.Health;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;
using Scp.Streams.Errors;
using Scp.Streams.Limits;
using Scp.Streams.Transport;

namespace Scp.Tests.Actors.BackendPools;

/// <summary>The pool's actor as shell: what it hears, what it publishes, what it remembers, in virtual time.</summary>
public sealed class PoolHealthSpec : TestKit
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
    private readonly SwitchableConnector _network = new();
    private readonly TestProbe _journal;
    private OwnedPool _pool = null!;
    private PoolSnapshot _first = null!;
    private IActorRef _actor = ActorRefs.Nobody;

    public PoolHealthSpec()
        : base("""
            akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
            akka.loggers = ["Akka.TestKit.TestEventListener, Akka.TestKit"]
            akka.loglevel = INFO
            akka.stdout-loglevel = OFF
            """) => _journal = CreateTestProbe();

    private PoolSnapshot Snapshot => _pool.Cell.Current;

    [Fact]
    public async Task Failures_in_a_row_eject_without_a_tick()
    {
        await StartAsync("");

        await EventFilter.Warning("Backend a (127.0.0.1:1) of pool origin is ejected for 10 s: 5 failures in a row, the last one: a 5xx status.")
            .ExpectOneAsync(() => FailAsync("a", 5));

        Assert.Equal(HealthStatus.Ejected, Standing("a").Health);
        Assert.Equal(["b", "c", "d"], Snapshot.Tiers.All[0].Candidates.Backends.Select(b => b.Name));
    }

    [Fact]
    public async Task A_share_of_failures_ejects_at_the_next_tick()
    {
        await StartAsync("");
        for (var i = 0; i < 10; i++)
        {
            Report("a", AttemptOutcome.Success);
            Report("a", AttemptOutcome.Reset);
        }

        await PassAsync(seconds: 2);

        Assert.Equal(HealthStatus.Ejected, Standing("a").Health);
    }

    [Fact]
    public async Task After_its_ejection_one_failure_ejects_it_again_for_longer()
    {
        await StartAsync("");
        await FailAsync("a", 5);
        await PassAsync(seconds: 11);
        Assert.Equal(HealthStatus.Up, Standing("a").Health);

        await EventFilter.Warning(contains: "is ejected for 20 s").ExpectOneAsync(() => FailAsync("a", 1));

        Assert.Equal(HealthStatus.Ejected, Standing("a").Health);
    }

    [Fact]
    public async Task After_its_ejection_one_success_acquits_it()
    {
        await StartAsync("");
        await FailAsync("a", 5);
        await PassAsync(seconds: 11);

        Report("a", AttemptOutcome.Success);
        await FailAsync("a", 4);

        Assert.Equal(HealthStatus.Up, Standing("a").Health);
    }

    [Fact]
    public async Task A_backend_that_cannot_be_reached_is_back_soon_after_it_can_without_any_check_configured()
    {
        await StartAsync("slow-start.window = 30s");
        _network.Refuses = true;
        await FailAsync("a", 5, AttemptOutcome.ConnectFailed);
        await PassAsync(seconds: 20);
        Assert.Equal(HealthStatus.Down, Standing("a").Health); // longer than an ejection

        _network.Refuses = false;
        await PassAsync(seconds: 1.3);

        Assert.Equal(HealthStatus.Up, Standing("a").Health);
        Assert.NotEqual(BackendStanding.NotWarming, Standing("a").WarmingSince);
    }

    [Fact]
    public async Task Probes_take_a_backend_down_and_up_and_publish_only_that()
    {
        await StartAsync("health-check.type = tcp");
        await PassAsync(seconds: 6);
        var before = Snapshot;
        await PassAsync(seconds: 20);
        Assert.Same(before, Snapshot);

        _network.Refuses = true;
        await EventFilter.Warning(contains: "is down: the backend refused the connection. It gets no request until 2 probes passed.")
            .ExpectAsync(4, () => PassAsync(seconds: 12));
        Assert.Equal(0, Snapshot.Available);

        _network.Refuses = false;
        await PassAsync(seconds: 3);
        Assert.Equal(4, Snapshot.Available);
    }

    [Fact]
    public async Task Transitions_are_remembered_and_nothing_else()
    {
        await StartAsync("health-check.type = tcp");
        await PassAsync(seconds: 6);
        await FailAsync("a", 5);
        _actor.Tell(new AdministerBackend("origin", "b", AdministrativeState.Draining, 7), TestActor);
        await SettledAsync();

        var ejected = (await _journal.ExpectMsgAsync<Remember>()).Backend;
        var drained = (await _journal.ExpectMsgAsync<Remember>()).Backend;

        Assert.Equal(("origin", "a", "ejected", HealthStatus.Ejected), (ejected.Pool, ejected.Backend, ejected.Transition, ejected.Health));
        Assert.Equal(_time.GetUtcNow(), drained.At);
        Assert.Equal(("b", "admin-draining", AdministrativeState.Draining, 7), (drained.Backend, drained.Transition, drained.Administrative, drained.Weight));
        await _journal.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task An_operator_changes_state_and_weight_and_takes_the_weight_back()
    {
        await StartAsync("");

        Assert.Equal((AdministrativeState.Maintenance, 3), Facts(await AdministerAsync("a", AdministrativeState.Maintenance, 3)));
        Assert.Equal((AdministrativeState.Maintenance, 1), Facts(await AdministerAsync("a", null, -1)));
        Assert.Equal((AdministrativeState.Ready, 1), Facts(await AdministerAsync("a", AdministrativeState.Ready, null)));

        static (AdministrativeState, int) Facts(BackendAdministered answer) => (answer.Standing!.Administrative, answer.Standing.Weight);
    }

    [Theory]
    [InlineData("x", 1, "pool origin has no backend x")]
    [InlineData("a", 1001, "a weight is from 0 to 1000, or -1 for the configured one")]
    [InlineData("a", -2, "a weight is from 0 to 1000, or -1 for the configured one")]
    public async Task What_cannot_be_is_refused(string backend, int weight, string refusal)
    {
        await StartAsync("");

        Assert.Equal(refusal, (await AdministerAsync(backend, null, weight)).Refusal);
    }

    [Fact]
    public async Task A_backend_remembered_as_down_gets_no_request_until_a_probe_passed()
    {
        _network.Refuses = true;
        await StartAsync("", new RememberedBackend("origin", "a", default, "down", HealthStatus.Down, default, default, null));
        Assert.Equal(Exclusion.Suspect, _first.Standings[0].Exclusion);
        await PassAsync(seconds: 3);
        Assert.Equal(Exclusion.Down, Standing("a").Exclusion);

        _network.Refuses = false;
        await PassAsync(seconds: 1.3);

        Assert.Equal(HealthStatus.Up, Standing("a").Health);
        Assert.Equal("up", (await _journal.FishForMessageAsync<Remember>(r => r.Backend.Health == HealthStatus.Up)).Backend.Transition);
    }

    [Fact]
    public async Task A_restart_of_its_actor_forgets_nothing()
    {
        await StartAsync("");
        await FailAsync("a", 5);
        await AdministerAsync("b", AdministrativeState.Draining, null);

        await EventFilter.Exception<NullReferenceException>().ExpectOneAsync(() =>
        {
            _actor.Tell(new PoolChanged(null!));
            return SettledAsync();
        });
        await FailAsync("c", 5);

        Assert.Equal([HealthStatus.Ejected, HealthStatus.Up, HealthStatus.Ejected, HealthStatus.Up], Snapshot.Standings.Select(s => s.Health));
        Assert.Equal(AdministrativeState.Draining, Standing("b").Administrative);
        await PassAsync(seconds: 11);
        Assert.Equal(HealthStatus.Up, Standing("a").Health);
    }

    [Fact]
    public async Task A_prober_that_fails_probes_again()
    {
        await StartAsync("health-check { type = tcp, interval = 1s, fast-interval = 1s, fall = 1 }");
        _network.Throws = true;
        await EventFilter.Exception<InvalidOperationException>().ExpectOneAsync(() => PassAsync(seconds: 2));

        _network.Refuses = true;
        await PassAsync(seconds: 3);

        Assert.All(Snapshot.Standings, s => Assert.Equal(HealthStatus.Down, s.Health));
    }

    [Fact]
    public async Task A_half_open_circuit_lets_a_trickle_pass_and_closes_soon()
    {
        await StartAsync("outlier.enabled = off, circuit.backend.enabled = on");
        await FailAsync("a", 20);
        await PassAsync(seconds: 1.1);
        Assert.Equal(CircuitState.Open, Standing("a").Circuit);
        await PassAsync(seconds: 6);
        Assert.Equal((CircuitState.HalfOpen, 1), (Standing("a").Circuit, Standing("a").RequestLimit));

        for (var i = 0; i < 3; i++) Report("a", AttemptOutcome.Success);
        await PassAsync(seconds: 0.2);

        Assert.Equal((CircuitState.Closed, int.MaxValue), (Standing("a").Circuit, Standing("a").RequestLimit));
    }

    [Fact]
    public async Task What_was_open_before_keeps_no_request_from_trying_a_half_open_circuit()
    {
        await StartAsync("outlier.enabled = off, circuit.backend.enabled = on, circuit.pool { enabled = on, half-open-requests = 1 }");
        for (var i = 0; i < 2; i++) Assert.True(Standing("a").Backend.TryStart(int.MaxValue) && Snapshot.Load.TryStart());
        await FailAsync("a", 60);
        await PassAsync(seconds: 1.1);
        Assert.Equal((CircuitState.Open, CircuitState.Open), (Standing("a").Circuit, Snapshot.Circuit.State));

        await PassAsync(seconds: 6);

        Assert.Equal((CircuitState.HalfOpen, CircuitState.HalfOpen), (Standing("a").Circuit, Snapshot.Circuit.State));
        Assert.True(Snapshot.Circuit.Admits(Snapshot.Load));
        Assert.True(Standing("a").Backend.TryStart(Standing("a").RequestLimit) && Snapshot.Load.TryStart());
        Assert.False(Snapshot.Circuit.Admits(Snapshot.Load));
        Assert.False(Standing("a").Backend.TryStart(Standing("a").RequestLimit));
    }

    [Theory]
    [InlineData("backend")]
    [InlineData("pool")]
    public async Task Attempts_from_before_decide_nothing_about_a_half_open_circuit(string which)
    {
        await StartAsync($"outlier.enabled = off, circuit.{which}.enabled = on");
        var outcomes = Standing("a").Backend.Outcomes;
        var before = outcomes.Period;
        await FailAsync("a", 60);
        await PassAsync(seconds: 7);
        Assert.Equal(CircuitState.HalfOpen, State());

        for (var i = 0; i < 20; i++) outcomes.Report(AttemptOutcome.Success, 1, now: 0, before);
        outcomes.Report(AttemptOutcome.ResponseTimeout, 1, now: 0, before);
        await PassAsync(seconds: 1.1);
        Assert.Equal(CircuitState.HalfOpen, State());

        Report("a", AttemptOutcome.ServerError);
        await PassAsync(seconds: 0.2);
        Assert.Equal(CircuitState.Open, State());

        CircuitState State() => which == "pool" ? Snapshot.Circuit.State : Standing("a").Circuit;
    }

    private async Task StartAsync(string more, params RememberedBackend[] remembered)
    {
        var environment = new PoolEnvironment { Clock = new Clock(_time), Connector = _network, Seed = 1, Journal = _journal.Ref };
        var pool = _pool = new OwnedPool("origin", PoolStates.Settings(4, more), environment, remembered);
        _first = Snapshot;
        _actor = Sys.ActorOf(Props.Create(() => new BackendPoolActor(pool, environment)));
        await SettledAsync();
    }

    private BackendStanding Standing(string name) => Snapshot.Standings.Single(s => s.Backend.Name == name);

    private void Report(string name, AttemptOutcome outcome) => Standing(name).Backend.Outcomes.Report(outcome, 1, now: 0);

    private async Task FailAsync(string name, int times, AttemptOutcome outcome = AttemptOutcome.ServerError)
    {
        for (var i = 0; i < times; i++) Report(name, outcome);
        await SettledAsync();
    }

    private Task<BackendAdministered> AdministerAsync(string backend, AdministrativeState? state, int? weight) =>
        _actor.Ask<BackendAdministered>(new AdministerBackend("origin", backend, state, weight), TimeSpan.FromSeconds(10));

    private async Task PassAsync(double seconds)
    {
        var step = TimeSpan.FromMilliseconds(100);
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromSeconds(seconds); passed += step)
        {
            _time.Advance(step);
            ((TestScheduler)Sys.Scheduler).Advance(step);
            await SettledAsync();
        }
    }

    /// <summary>The pool and its probers have done all that they were told, and what that led to.</summary>
    private async Task SettledAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            foreach (var prober in Enumerable.Range(0, 4).Select(PoolStates.Name))
                await Sys.ActorSelection(_actor.Path / prober).Ask<ActorIdentity>(new Identify(null), TimeSpan.FromSeconds(10));
            await _actor.Ask<ActorIdentity>(new Identify(null), TimeSpan.FromSeconds(10));
        }
    }

    private sealed class SwitchableConnector : IConnector, IConnectAttempt
    {
        public volatile bool Refuses;

        /// <summary>The next connection, and only that, throws.</summary>
        public volatile bool Throws;

        public IConnectAttempt Connect(EndPoint address, Action<ConnectResult> completed)
        {
            if (Throws)
            {
                Throws = false;
                throw new InvalidOperationException("a mistake in the prober");
            }

            completed(Refuses
                ? new ConnectResult(null, ProxyError.ConnectRefused)
                : new ConnectResult(InMemoryTransport.CreatePair().Client, ProxyError.None));
            return this;
        }

        public void Cancel()
        {
        }
    }
}
