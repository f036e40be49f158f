using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Scp.Host.Replay.Time;

/// <summary>
/// Akka's scheduler over a <see cref="VirtualLoop"/>, installed by akka.scheduler.implementation: honours cancelables of every kind of
/// task, fires a repeated one as often as its time has come, and its clock stands still while something runs.
/// </summary>
internal sealed class VirtualScheduler(Config config, ILoggingAdapter log) : SchedulerBase(config, log)
{
    /// <summary>One for each actor system: its time starts with it.</summary>
    public VirtualLoop Loop { get; } = new();

    public override TimeSpan MonotonicClock => Loop.Elapsed;

    public override TimeSpan HighResMonotonicClock => Loop.Elapsed;

    protected override DateTimeOffset TimeNow => VirtualTime.Start + Loop.Elapsed;

    protected override void InternalScheduleTellOnce(
        TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable) =>
        Once(delay, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable) =>
        Repeatedly(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable) =>
        Once(delay, action, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable? cancelable) =>
        Once(delay, action.Run, cancelable);

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable) =>
        Repeatedly(initialDelay, interval, action, cancelable);

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable? cancelable) =>
        Repeatedly(initialDelay, interval, action.Run, cancelable);

    private void Once(TimeSpan delay, Action action, ICancelable? cancelable) => Loop.After(delay, () =>
    {
        if (cancelable is not { IsCancellationRequested: true }) action();
    });

    private void Repeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable)
    {
        var next = Loop.Now + Math.Max(0, initialDelay.Ticks);
        Loop.At(next, Fire);

        void Fire()
        {
            if (cancelable is { IsCancellationRequested: true }) return;
            next += interval.Ticks;
            Loop.At(next, Fire);
            action();
        }
    }
}
