using Akka.Actor;
using Scp.Streams.Dispatch;

namespace Scp.Actors.LoadBalancing;

/// <summary>
/// A message that says when it has been dealt with, so that a router knows how busy its routees are: see <see cref="PolicyRoutingLogic"/>.
/// Who takes it must complete it, however that ends; one that is not counts as work for good. Stays within its process.
/// </summary>
public abstract class RoutedWork : INoSerializationVerificationNeeded
{
    private Backend? _routee;
    private ITimeProvider? _time;
    private long _begun;

    /// <summary>The work is done. Thread-safe; only the first call counts.</summary>
    /// <param name="succeeded">False counts against the routee.</param>
    public void Complete(bool succeeded = true)
    {
        if (Interlocked.Exchange(ref _routee, null) is not { } routee) return;
        var now = NowOf(_time!);
        routee.Outcomes.Report(succeeded ? AttemptOutcome.Success : AttemptOutcome.ServerError, now - _begun, now);
        routee.ExchangeEnded();
    }

    /// <summary>One message that is sent twice counts at the last routee.</summary>
    internal void Begin(Backend routee, ITimeProvider time)
    {
        routee.TryStart(int.MaxValue);
        _time = time;
        _begun = NowOf(time);
        Interlocked.Exchange(ref _routee, routee)?.ExchangeEnded();
    }

    private static long NowOf(ITimeProvider time) => (long)time.MonotonicClock.TotalMilliseconds;
}
