using Akka.Actor;
using Scp.Actors.Health;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;

namespace Scp.Actors.BackendPools;

/// <summary>
/// Probes one backend as its pool's plan says and tells the pool how each probe ended. It may be restarted at any time: the pool knows
/// everything, and tells the plan anew.
/// </summary>
public sealed class BackendActor(Backend backend, IConnector connector, ulong seed) : UntypedActor, IWithTimers
{
    private readonly PickRandom _random = new(seed);
    private ProbePlan _plan = ProbePlan.None;
    private ProbeAttempt? _attempt;

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PostRestart(Exception reason) => Context.Parent.Tell(new PlanWanted(backend));

    protected override void PostStop() => _attempt?.Cancel();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ProbePlan plan: OnPlan(plan); break;
            case Due: Begin(); break;
            case ProbeSignal signal when signal.Attempt == _attempt: Continue(a => a.On(signal)); break;
            case Overdue overdue when overdue.Attempt == _attempt: Continue(a => a.TimeOut()); break;
            case ProbeSignal or Overdue: break; // of an attempt that is over
            default: Unhandled(message); break;
        }
    }

    private void OnPlan(ProbePlan plan)
    {
        var before = _plan;
        _plan = plan;
        if (plan.Check is null)
        {
            Timers.Cancel("due");
            _attempt?.Cancel();
            _attempt = null;
        }
        else if (_attempt is not null) return; // what follows it follows the new plan
        else if (plan.IsUrgent && !before.IsUrgent) Begin();
        else if (before.Check is null) Schedule(plan.Interval * _random.NextDouble()); // probes of many backends spread evenly
        else if (before.Interval != plan.Interval) Pause();
    }

    private void Begin()
    {
        if (_plan.Check is not { } check || _attempt is not null) return;
        _attempt = new ProbeAttempt(check, backend, Self);
        Timers.StartSingleTimer("overdue", new Overdue(_attempt), check.Terms.Timeout);
        Continue(a => a.Start(connector));
    }

    private void Continue(Action<ProbeAttempt> step)
    {
        step(_attempt!);
        if (!_attempt!.IsOver) return;
        Timers.Cancel("overdue");
        backend.Metrics?.ProbeEnded(_attempt.Failure is null);
        Context.Parent.Tell(new Probed(backend, _attempt.Failure));
        _attempt = null;
        Pause();
    }

    private void Pause() => Schedule(_plan.Interval * (1 + (_plan.Jitter * ((2 * _random.NextDouble()) - 1))));

    private void Schedule(TimeSpan delay) => Timers.StartSingleTimer("due", Due.Instance, delay);

    /// <summary>A prober that was restarted knows no plan.</summary>
    internal sealed record PlanWanted(Backend Backend) : INoSerializationVerificationNeeded;

    private sealed class Due : INoSerializationVerificationNeeded
    {
        public static readonly Due Instance = new();
    }

    private sealed record Overdue(ProbeAttempt Attempt) : INoSerializationVerificationNeeded;
}
