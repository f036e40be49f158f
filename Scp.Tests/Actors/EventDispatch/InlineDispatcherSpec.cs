using Akka.Actor;
using Akka.TestKit.Xunit2;
using Scp.Actors.EventDispatch;
using Scp.Streams.Transport;

namespace Scp.Tests.Actors.EventDispatch;

public sealed class InlineDispatcherSpec() : TestKit(InlineDispatcher.Hocon)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void An_actor_runs_on_the_thread_whose_scope_told_it()
    {
        var actor = Create();
        using var answered = new ManualResetEventSlim();
        var thread = 0;
        var teller = new Thread(() => InlineScope.Run(
            to => to.Tell(new Do(() =>
            {
                thread = Environment.CurrentManagedThreadId;
                answered.Set();
            })),
            actor));
        WaitUntilStarted(actor);
        teller.Start();
        Assert.True(answered.Wait(Patience));
        Assert.Equal(teller.ManagedThreadId, thread);
    }

    [Fact]
    public void An_actor_told_from_elsewhere_runs_on_the_thread_pool()
    {
        var actor = Create();
        WaitUntilStarted(actor);
        using var answered = new ManualResetEventSlim();
        var onPool = false;
        var teller = new Thread(() => actor.Tell(new Do(() =>
        {
            onPool = Thread.CurrentThread.IsThreadPoolThread;
            answered.Set();
        })));
        teller.Start();
        Assert.True(answered.Wait(Patience));
        Assert.True(onPool);
    }

    [Fact]
    public void An_actor_that_tells_itself_a_hundred_thousand_times_ends()
    {
        var actor = Create();
        using var done = new ManualResetEventSlim();
        var left = 100_000;
        void Again()
        {
            if (--left == 0) done.Set();
            else actor.Tell(new Do(Again));
        }

        InlineScope.Run(to => to.Tell(new Do(Again)), actor);
        Assert.True(done.Wait(Patience));
    }

    [Fact]
    public void Under_stress_no_actor_is_entered_twice_and_no_message_is_lost()
    {
        const int Tellers = 4, Scopes = 10_000, Actors = 20;
        var actors = Enumerable.Range(0, Actors).Select(_ => new Counter()).ToArray();
        var refs = actors.Select(a => Sys.ActorOf(Props.Create(() => new CountingActor(a)).WithDispatcher(InlineDispatcher.Path))).ToArray();
        foreach (var counter in actors) counter.Neighbour = refs[(Array.IndexOf(actors, counter) + 1) % Actors];
        var tellers = Enumerable.Range(0, Tellers).Select(teller => new Thread(() =>
        {
            for (var i = 0; i < Scopes; i++)
            {
                InlineScope.Run(static to => to.Tell(CountingActor.Tick), refs[(i + teller) % Actors]);
                if (i % 7 == 0) refs[i % Actors].Tell(CountingActor.Tick);
            }
        })).ToArray();
        foreach (var teller in tellers) teller.Start();
        foreach (var teller in tellers) teller.Join();
        var expected = 2 * Tellers * (Scopes + ((Scopes + 6) / 7)); // each tick is passed on once
        Assert.True(SpinWait.SpinUntil(() => actors.Sum(a => Volatile.Read(ref a.Count)) == expected, Patience));
        Assert.All(actors, a => Assert.False(a.WasReentered));
    }

    [Fact]
    public void The_scheduler_is_not_held_by_an_actor_that_takes_long()
    {
        var slow = Create();
        WaitUntilStarted(slow);
        using var release = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        using var other = new ManualResetEventSlim();
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(20), slow, new Do(() =>
        {
            entered.Set();
            release.Wait(Patience);
        }), ActorRefs.NoSender);
        Assert.True(entered.Wait(Patience));
        Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromMilliseconds(20), other.Set);
        Assert.True(other.Wait(Patience)); // while the actor still runs
        release.Set();
    }

    [Fact]
    public void It_serves_new_actors_after_the_last_one_has_gone()
    {
        for (var i = 0; i < 3; i++)
        {
            var actor = Create();
            WaitUntilStarted(actor);
            Watch(actor);
            Sys.Stop(actor);
            ExpectTerminated(actor, Patience);
        }
    }

    private IActorRef Create() => Sys.ActorOf(Props.Create(() => new DoingActor()).WithDispatcher(InlineDispatcher.Path));

    private void WaitUntilStarted(IActorRef actor)
    {
        actor.Tell("ping", TestActor);
        ExpectMsg("ping", Patience);
    }

    private sealed record Do(Action Action) : INoSerializationVerificationNeeded;

    private sealed class DoingActor : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Do work) work.Action();
            else Sender.Tell(message);
        }
    }

    private sealed class Counter
    {
        public int Count;
        public int Inside;
        public volatile bool WasReentered;

        public IActorRef Neighbour { get; set; } = ActorRefs.Nobody;
    }

    private sealed class CountingActor(Counter counter) : UntypedActor
    {
        public static readonly object Tick = "tick";
        private static readonly object Passed = "passed";

        protected override void OnReceive(object message)
        {
            if (Interlocked.Increment(ref counter.Inside) != 1) counter.WasReentered = true;
            counter.Count++; // lost when two threads are in here
            if (ReferenceEquals(message, Tick)) counter.Neighbour.Tell(Passed);
            Interlocked.Decrement(ref counter.Inside);
        }
    }
}
