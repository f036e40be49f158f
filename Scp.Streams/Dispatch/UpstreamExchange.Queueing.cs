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

    private QueuedRequest? _queued;
    private bool _isAdmitted, _isPoolFull;

    private PoolLoad Load => Pool.Load;

    /// <summary>It may be our turn, or we had to give way; on the graph's thread.</summary>
    public void OnTurn(QueuedRequest queued)
    {
        if (_isDone || queued != _queued) return;
        if (queued.IsShed) FailOverflow();
        else Contend(Clock.Now);
    }

    /// <summary>Picks a backend and takes a place there, before anything that takes time: no race exceeds a limit.</summary>
    private PickRefusal TryReserve(long now, out UpstreamAttempt? attempt)
    {
        attempt = null;
        _isPoolFull = false;
        for (var attempts = ReservationAttempts; attempts > 0; attempts--)
        {
            var silent = default(SilentPick);
            var pick = BackendDecision.Pick(Pool, Exchange.Pick, in _tried, now, Host.Connection.Random, ref silent);
            if (pick.Standing is not { } standing) return Refused(pick.Refusal);
            if (!_isAdmitted && !Load.TryStart())
            {
                _isPoolFull = true;
                return PickRefusal.AllBusy;
            }

            _isAdmitted = true;
            if (!standing.Backend.TryStart(standing.RequestLimit)) continue;
            var bindsSession = Pool.Rules.Affinity is not null && pick is { IsForOnce: false, Reason: not PickReason.Affinity };
            attempt = new UpstreamAttempt(this, standing, bindsSession);
            return PickRefusal.None;
        }

        return Refused(PickRefusal.AllBusy);
    }

    /// <summary>Who waits holds nothing: the pool's room is for others, whose backends are not busy.</summary>
    private PickRefusal Refused(PickRefusal refusal)
    {
        if (_isAdmitted && _tried.Count == 0) Leave(null);
        return refusal;
    }

    private void Enqueue(long now)
    {
        _queued = new QueuedRequest(Exchange.Route!.Priority, Exchange.Pick.Subset, Host.DeliverTurn)
        {
            Exchange = this,
            Bound = Pool.Rules.FailsWithoutSession ? Exchange.Pick.Session : null,
            Until = Clock.After(now, Load.QueueSettings.Timeout),
        };
        if (!Load.Queue.TryEnter(_queued, Load.QueueSettings.Size))
        {
            FailOverflow();
            return;
        }

        Host.Connection.Deadlines.Lower(_queued.Until);
        Contend(now);
    }

    /// <summary>Tries until it got in or is in the line.</summary>
    private void Contend(long now)
    {
        var queue = Load.Queue;
        if (!queue.BeginTry(_queued!)) return;
        while (true)
        {
            var version = queue.Version;
            Pool = Exchange.Route!.Pool!.Current; // what has changed may be why there is room
            switch (TryReserve(now, out var attempt))
            {
                case PickRefusal.None:
                    LeaveQueue(isServed: true);
                    Begin(attempt!, now);
                    return;
                case PickRefusal.AllBusy:
                    if (queue.TryWait(_queued!, version, _isPoolFull)) return;
                    break;
                case var refusal:
                    Fail(ErrorOf(refusal));
                    return;
            }
        }
    }

    private static ProxyError ErrorOf(PickRefusal refusal) => refusal switch
    {
        PickRefusal.SessionBackendGone => ProxyError.SessionBackendGone,
        PickRefusal.CircuitOpen => ProxyError.CircuitOpen,
        _ => ProxyError.NoBackend,
    };

    private void GiveUpWaiting()
    {
        Load.CountQueueTimeout();
        Fail(_isPoolFull ? ProxyError.Overloaded : ProxyError.QueueTimeout);
    }

    private void FailOverflow()
    {
        Load.CountShed();
        Fail(_isPoolFull ? ProxyError.Overloaded : ProxyError.QueueFull);
    }

    private void LeaveQueue(bool isServed)
    {
        if (_queued is not { } queued) return;
        _queued = null;
        Load.Queue.Leave(queued, isServed);
    }

    /// <summary>The attempt is over, the exchange is not: its place is for whoever waits.</summary>
    private void ReleasePlace(BackendStanding standing)
    {
        standing.Backend.ExchangeEnded();
        Load.Queue.OnRoom(standing);
    }

    /// <summary>The exchange needs no backend of the pool any more.</summary>
    /// <param name="standing">Where it still had a place, or null.</param>
    private void Leave(BackendStanding? standing)
    {
        standing?.Backend.ExchangeEnded();
        if (!_isAdmitted) return;
        _isAdmitted = false;
        Load.ExchangeEnded(standing);
    }
}
