using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Scp.Host.Replay.Time;

namespace Scp.Tests.Host.Replay;

public class VirtualSchedulerSpec
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly VirtualScheduler _virtual = new(ConfigurationFactory.Empty, NoLogger.Instance);
    private readonly List<(double At, string What)> _ran = [];

    public VirtualSchedulerSpec() => Loop.Drive();

    private VirtualLoop Loop => _virtual.Loop;

    private IScheduler Scheduler => _virtual;

    private IAdvancedScheduler Advanced => _virtual;

    [Fact]
    public void What_is_due_runs_in_order_of_time_and_then_of_scheduling()
    {
        Advanced.ScheduleOnce(2 * Second, () => Note("late"));
        Advanced.ScheduleOnce(Second, () => Note("first"));
        Advanced.ScheduleOnce(Second, () => Note("second"));

        Loop.RunUntil(10 * Second);

        Assert.Equal([(1, "first"), (1, "second"), (2, "late")], _ran);
    }

    [Fact]
    public void A_repeated_action_runs_each_time_its_interval_is_over_however_far_time_jumps()
    {
        Advanced.ScheduleRepeatedly(Second, 3 * Second, () => Note("tick"));

        Loop.RunUntil(10 * Second);

        Assert.Equal([1, 4, 7, 10], _ran.Select(r => r.At));
    }

    [Fact]
    public void What_is_cancelled_never_runs_actions_runnables_and_messages_alike()
    {
        var cancelable = new Cancelable(Scheduler);
        Advanced.ScheduleOnce(Second, () => Note("action"), cancelable);
        Advanced.ScheduleOnce(Second, new ActionRunnable(() => Note("runnable")), cancelable);
        Advanced.ScheduleRepeatedly(Second, Second, () => Note("repeated"), cancelable);
        Scheduler.ScheduleTellOnce(Second, new Receiver(this), "message", ActorRefs.NoSender, cancelable);

        cancelable.Cancel();
        Loop.RunUntil(10 * Second);

        Assert.Empty(_ran);
    }

    [Fact]
    public void A_repeated_action_ends_when_it_is_cancelled_between_two_runs()
    {
        var cancelable = new Cancelable(Scheduler);
        Advanced.ScheduleRepeatedly(Second, Second, () => Note("tick"), cancelable);
        Advanced.ScheduleOnce(TimeSpan.FromSeconds(2.5), () => cancelable.Cancel());

        Loop.RunUntil(10 * Second);

        Assert.Equal([1, 2], _ran.Select(r => r.At));
    }

    [Fact]
    public void Runnables_run_once_and_repeatedly()
    {
        Advanced.ScheduleOnce(Second, new ActionRunnable(() => Note("once")));
        Advanced.ScheduleRepeatedly(2 * Second, 4 * Second, new ActionRunnable(() => Note("again")));

        Loop.RunUntil(7 * Second);

        Assert.Equal([(1, "once"), (2, "again"), (6, "again")], _ran);
    }

    [Fact]
    public void Messages_are_told_at_their_time()
    {
        Scheduler.ScheduleTellOnce(Second, new Receiver(this), "once", ActorRefs.NoSender);
        Scheduler.ScheduleTellRepeatedly(2 * Second, 2 * Second, new Receiver(this), "again", ActorRefs.NoSender);

        Loop.RunUntil(5 * Second);

        Assert.Equal([(1, "once"), (2, "again"), (4, "again")], _ran);
    }

    [Fact]
    public void What_an_action_schedules_runs_in_the_same_advance()
    {
        Advanced.ScheduleOnce(Second, () => Advanced.ScheduleOnce(Second, () => Note("inner")));

        Loop.RunUntil(2 * Second);

        Assert.Equal([(2, "inner")], _ran);
    }

    [Fact]
    public void All_its_clocks_show_virtual_time()
    {
        Loop.RunUntil(90 * Second);

        Assert.Equal(90 * Second, _virtual.MonotonicClock);
        Assert.Equal(90 * Second, _virtual.HighResMonotonicClock);
        Assert.Equal(VirtualTime.Start + (90 * Second), Scheduler.Now);
    }

    private void Note(string what) => _ran.Add((Loop.Elapsed.TotalSeconds, what));

    private sealed class Receiver(VirtualSchedulerSpec spec) : ICanTell
    {
        public void Tell(object message, IActorRef sender) => spec.Note((string)message);
    }
}
