using System.Net;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Scp.Actors.BackendPools;
using Scp.Actors.Health;
using Scp.Streams.Dispatch;
using Scp.Streams.Errors;
using Scp.Streams.Transport;
using Scp.Tests.Actors.BackendPools;

namespace Scp.Tests.Actors.Health;

/// <summary>When probes run, in virtual time.</summary>
public sealed class BackendActorSpec : TestKit
{
    private static readonly PoolSettings Settings = PoolStates.Settings(1, "health-check { type = tcp, interval = 5s, timeout = 2s }");
    private static readonly ProbeCheck Check = ProbeCheck.Of(Settings, new IPEndPoint(IPAddress.Loopback, 1));
    private static readonly ProbePlan Steady = new(Check, TimeSpan.FromSeconds(5), 0.2, IsUrgent: false);

    private readonly CountingConnector _connector = new();
    private readonly TestProbe _pool;

    public BackendActorSpec()
        : base("akka { scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\", loglevel = OFF }") => _pool = CreateTestProbe();

    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

    [Fact]
    public async Task The_first_probe_comes_within_an_interval_and_the_next_within_its_jitter()
    {
        var prober = Start(Steady);
        var first = await UntilProbedAsync(prober);
        Assert.InRange(first, 0, 5.1);

        for (var i = 0; i < 10; i++) Assert.InRange(await UntilProbedAsync(prober), 3.9, 6.1);
    }

    [Fact]
    public async Task A_suspect_is_probed_at_once()
    {
        Start(Steady with { IsUrgent = true });

        await _pool.ExpectMsgAsync<Probed>();
    }

    [Fact]
    public async Task A_new_interval_holds_at_once()
    {
        var prober = Start(Steady);
        await UntilProbedAsync(prober);
        prober.Tell(Steady with { Interval = TimeSpan.FromSeconds(1) });

        Assert.InRange(await UntilProbedAsync(prober), 0.7, 1.3);
    }

    [Fact]
    public async Task A_plan_without_a_check_ends_the_probes()
    {
        var prober = Start(Steady);
        await UntilProbedAsync(prober);
        prober.Tell(ProbePlan.None);
        await SettledAsync(prober);

        for (var i = 0; i < 100; i++) Time.Advance(TimeSpan.FromSeconds(1));

        await _pool.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task A_connection_that_does_not_come_fails_in_time_and_is_closed_when_it_comes_after_all()
    {
        _connector.Hangs = true;
        var prober = Start(Steady with { IsUrgent = true });
        await SettledAsync(prober);
        Time.Advance(TimeSpan.FromSeconds(1.9));
        await _pool.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(20));
        Time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal("no connection within 2 s", (await _pool.ExpectMsgAsync<Probed>()).Failure);
        Assert.Equal(1, _connector.Cancelled);

        var late = _connector.Complete();

        Assert.Equal(TransportStatus.Failed, late.Send(new byte[1]).Status);
    }

    [Fact]
    public async Task Probes_of_many_backends_are_spread_evenly()
    {
        var probers = Enumerable.Range(0, 1000).Select(i => Start(Steady, seed: (ulong)i)).ToList();
        foreach (var prober in probers) await SettledAsync(prober);
        var perSecond = new List<int>();
        for (var second = 0; second < 5; second++)
        {
            var before = _connector.Connects;
            for (var step = 0; step < 10; step++) Time.Advance(TimeSpan.FromMilliseconds(100));
            foreach (var prober in probers) await SettledAsync(prober);
            perSecond.Add(_connector.Connects - before);
        }

        // 200 each; binomial with p = 0.2 has a deviation of 12.6: six of them are a chance of 1 in 500 million.
        Assert.All(perSecond, n => Assert.InRange(n, 200 - 76, 200 + 76));
    }

    private IActorRef Start(ProbePlan plan, ulong seed = 1)
    {
        var backend = new Backend("a", Check.Target);
        var connector = _connector;
        var prober = _pool.ChildActorOf(Props.Create(() => new BackendActor(backend, connector, seed)));
        prober.Tell(plan);
        return prober;
    }

    /// <summary>Seconds until the next verdict, in steps of 100 ms.</summary>
    private async Task<double> UntilProbedAsync(IActorRef prober)
    {
        for (var steps = 0; steps < 1000; steps++)
        {
            await SettledAsync(prober);
            if (_pool.HasMessages)
            {
                await _pool.ExpectMsgAsync<Probed>();
                return steps / 10.0;
            }

            Time.Advance(TimeSpan.FromMilliseconds(100));
        }

        throw new TimeoutException("There was no probe.");
    }

    /// <summary>Everything that was sent to the actor before, and what that sent to itself, is done.</summary>
    private static async Task SettledAsync(IActorRef actor)
    {
        for (var i = 0; i < 3; i++) await actor.Ask<ActorIdentity>(new Identify(null), TimeSpan.FromSeconds(10));
    }

    private sealed class CountingConnector : IConnector, IConnectAttempt
    {
        private Action<ConnectResult>? _hanging;
        private int _connects;

        public bool Hangs { get; set; }

        public int Connects => Volatile.Read(ref _connects);

        public int Cancelled { get; private set; }

        public IConnectAttempt Connect(EndPoint address, Action<ConnectResult> completed)
        {
            Interlocked.Increment(ref _connects);
            if (Hangs) _hanging = completed;
            else completed(new ConnectResult(InMemoryTransport.CreatePair().Client, ProxyError.None));
            return this;
        }

        public void Cancel() => Cancelled++;

        /// <summary>The connection comes after all.</summary>
        public ITransport Complete()
        {
            var (client, server) = InMemoryTransport.CreatePair();
            _hanging!(new ConnectResult(client, ProxyError.None));
            return server;
        }
    }
}
