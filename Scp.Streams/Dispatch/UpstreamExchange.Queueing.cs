using Scp.Streams.Balancing;
using Scp.Streams.Dispatch.Overload;
using Scp.Streams.Errors;
using Scp.Streams.Limits;

namespace Scp.Streams.Dispatch;

/// <content>A place at a backend, and the wait for one while there is none.</content>
public sealed partial class UpstreamExchange
{
    /// <summary>Picks whose place was gone when it was to be taken. More would mean that hundreds arrive at once, and then waiting is right.</summary>
    private const int ReservationAttempts = 8;

    private readonly PoolLoad _load = pool.Load;
    private BackendStanding? _standing;
    private QueuedRequest? _queued;
    private bool _isAdmitted, _isPoolFull;
    private long _pickedAt;

    /// <summary>It may be our turn, or we had to give way; on the graph's thread.</summary>
    public void OnTurn(QueuedRequest queued)
    {
        if (_isDone || queued != _queued) return;
        if (queued.IsShed)
        {
            FailOverflow();
            return;
        }

        _now = Clock.Now;
        Contend();
    }

    /// <summary>Picks a backend and takes a place there, before anything that takes time: no race exceeds a limit.</summary>
    private PickRefusal TryReserve()
    {
        _isPoolFull = false;
        for (var attempts = ReservationAttempts; attempts > 0; attempts--)
        {
            var silent = default(SilentPick);
            var pick = BackendDecision.Pick(pool, Exchange.Pick, in _tried, _now, host.Connection.Random, ref silent);
            if (pick.Standing is not { } standing) return Refused(pick.Refusal);
            if (!_isAdmitted && !_load.TryStart())
            {
                _isPoolFull = true;
                return PickRefusal.AllBusy;
            }

            _isAdmitted = true;
            if (!standing.Backend.TryStart(standing.RequestLimit)) continue;
            _standing = standing;
            if (_load.Adaptive is not null) _pickedAt = Clock.Time.GetTimestamp();
            _bindsSession = pool.Rules.Affinity is not null && pick.Reason != PickReason.Affinity;
            return PickRefusal.None;
        }

        return Refused(PickRefusal.AllBusy);
    }

    /// <summary>Who waits holds nothing: the pool's room is for others, whose backends are not busy.</summary>
    private PickRefusal Refused(PickRefusal refusal)
    {
        if (_isAdmitted && _tried.Count == 0) Leave();
        return refusal;
    }

    private void Leave()
    {
        _isAdmitted = false;
        var standing = _standing;
        _standing = null;
        standing?.Backend.ExchangeEnded();
        _load.ExchangeEnded(standing);
    }

    private void Enqueue()
    {
        _queued = new QueuedRequest(Exchange.Route!.Priority, Exchange.Pick.Subset, host.DeliverTurn) { Exchange = this };
        if (!_load.Queue.TryEnter(_queued, _load.QueueSettings.Size))
        {
            FailOverflow();
            return;
        }

        _deadlines.Queue = Clock.After(_now, _load.QueueSettings.Timeout);
        ArmDeadlines();
        Contend();
    }

    /// <summary>Tries until it got in or is in the line.</summary>
    private void Contend()
    {
        var queue = _load.Queue;
        if (!queue.BeginTry(_queued!)) return;
        while (true)
        {
            var version = queue.Version;
            pool = Exchange.Route!.Pool!.Current; // what has changed may be why there is room
            switch (TryReserve())
            {
                case PickRefusal.None:
                    LeaveQueue();
                    Begin();
                    return;
                case PickRefusal.AllBusy:
                    if (queue.TryWait(_queued!, version)) return;
                    break;
                case PickRefusal.SessionBackendGone:
                    Fail(ProxyError.SessionBackendGone);
                    return;
                case PickRefusal.CircuitOpen:
                    Fail(ProxyError.CircuitOpen);
                    return;
                default:
                    Fail(_lastError);
                    return;
            }
        }
    }

    private void GiveUpWaiting()
    {
        _load.CountQueueTimeout();
        Fail(_isPoolFull ? ProxyError.Overloaded : ProxyError.QueueTimeout);
    }

    private void FailOverflow()
    {
        _load.CountShed();
        Fail(_isPoolFull ? ProxyError.Overloaded : ProxyError.QueueFull);
    }

    private void LeaveQueue()
    {
        if (_queued is not { } queued) return;
        _queued = null;
        _deadlines.Queue = Clock.Never;
        _load.Queue.Leave(queued);
    }

    /// <summary>The attempt is over: its place is for whoever waits.</summary>
    private void ReleaseBackend()
    {
        if (_standing is not { } standing) return;
        _standing = null;
        standing.Backend.ExchangeEnded();
        _load.Queue.OnRoom(standing);
    }

    /// <summary>Gives back everything that is held of the pool.</summary>
    private void Release()
    {
        LeaveQueue();
        if (_isAdmitted) Leave();
    }

    /// <summary>
    /// For the limit that follows latency. What failed at once, also with a 5xx, is no measure of how fast the backends are.
    /// </summary>
    private void SampleLatency()
    {
        if (_pickedAt == 0) return;
        var elapsed = (long)Clock.Time.GetElapsedTime(_pickedAt).TotalMicroseconds;
        _pickedAt = 0;
        _load.Sample(Clock.Now, elapsed, host.Connection.Random);
    }
}
