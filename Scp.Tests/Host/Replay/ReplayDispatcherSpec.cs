using Akka.Actor;
using Scp.Host.Replay.Time;

namespace Scp.Tests.Host.Replay;

public sealed class ReplayDispatcherSpec : IDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("dispatch", ReplaySystem.Config);

    public void Dispose()
    {
        _system.Terminate().Wait(TimeSpan.FromSeconds(10));
        _system.Dispose();
    }

    [Fact]
    public void Actors_run_on_the_driving_thread_and_only_when_it_drains()
    {
        using var replay = ReplaySystem.Over(_system);
        var threads = new List<int>();
        var actor = _system.ActorOf(Props.Create(() => new Recorder(threads)));

        actor.Tell("now", ActorRefs.NoSender);
        Assert.Empty(threads);
        replay.Loop.Drain();

        Assert.Equal([Environment.CurrentManagedThreadId], threads);
        Assert.Equal(0, replay.Loop.ForeignWork);
    }

    [Fact]
    public void A_timer_of_an_actor_fires_in_virtual_time()
    {
        using var replay = ReplaySystem.Over(_system);
        var ticks = new List<double>();
        _system.ActorOf(Props.Create(() => new Ticker(replay.Loop, ticks)));

        replay.Loop.RunUntil(TimeSpan.FromHours(1));

        Assert.Equal([1200, 2400, 3600], ticks);
    }

    [Fact]
    public void Work_of_another_thread_is_counted()
    {
        using var replay = ReplaySystem.Over(_system);

        var thread = new Thread(() => replay.Loop.Post(() => { }));
        thread.Start();
        thread.Join();

        Assert.Equal(1, replay.Loop.ForeignWork);
    }

    [Fact]
    public async Task While_nobody_drives_the_system_runs_as_usual()
    {
        using (ReplaySystem.Over(_system))
        {
            // released at once
        }

        var echo = _system.ActorOf(Props.Create(() => new Echo()));

        Assert.Equal("hello", await echo.Ask<string>("hello", TimeSpan.FromSeconds(10)));
    }

    private sealed class Recorder(List<int> threads) : UntypedActor
    {
        protected override void OnReceive(object message) => threads.Add(Environment.CurrentManagedThreadId);
    }

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message);
    }

    private sealed class Ticker(VirtualLoop loop, List<double> ticks) : UntypedActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() => Timers.StartPeriodicTimer("tick", "tick", TimeSpan.FromMinutes(20));

        protected override void OnReceive(object message) => ticks.Add(loop.Elapsed.TotalSeconds);
    }
}
