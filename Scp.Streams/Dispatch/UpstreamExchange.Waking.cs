using Scp.Streams.Errors;
using Scp.Streams.Limits;

namespace Scp.Streams.Dispatch;

/// <content>What happens at a precise time: back-off, hedge, attempt timeout. None of it costs anything while it is off.</content>
public sealed partial class UpstreamExchange
{
    public void OnWake()
    {
        if (_isDone) return;
        var timer = _timer!;
        timer.Reset();
        var now = Clock.Now;
        if (timer.NextAt <= now)
        {
            var next = timer.Next!;
            (timer.Next, timer.NextAt) = (null, Clock.Never);
            Begin(next, now);
        }

        if (_attempt?.GiveUpAt <= now) GiveUp(_attempt, now);
        if (_hedge?.GiveUpAt <= now) GiveUp(_hedge, now);
        if (timer.HedgeAt <= now) TryHedge(now);
        if (_isDone || _hasResponded) return;
        timer.Lower(
            Math.Min(Math.Min(timer.NextAt, timer.HedgeAt), Math.Min(_attempt?.GiveUpAt ?? Clock.Never, _hedge?.GiveUpAt ?? Clock.Never)), Clock);
    }

    private void AwaitHedge(long now)
    {
        if (Retries.HedgeAfter == Timeout.InfiniteTimeSpan || !IsIdempotent || Exchange.Request.AsksToUpgrade) return;
        _timer ??= new WakeTimer(this);
        _timer.Lower(_timer.HedgeAt = Clock.After(now, Retries.HedgeAfter), Clock);
    }

    /// <summary>The request is complete: from now on it is the backend that takes its time.</summary>
    private void AwaitAttempts()
    {
        if (_attempt is { GiveUpAt: Clock.Never } attempt && !_hasResponded) AwaitAttempt(attempt, Clock.Now);
    }

    private void AwaitAttempt(UpstreamAttempt attempt, long now)
    {
        if (Pool.Retries.AttemptTimeout == Timeout.InfiniteTimeSpan || Exchange.Request.AsksToUpgrade) return;
        _timer ??= new WakeTimer(this);
        _timer.Lower(attempt.GiveUpAt = Clock.After(now, Pool.Retries.AttemptTimeout), Clock);
    }

    /// <summary>The attempt has no head yet: ends it when another may be made, else it is left to the limits of the route.</summary>
    private void GiveUp(UpstreamAttempt attempt, long now)
    {
        attempt.GiveUpAt = Clock.Never;
        if (_hasResponded || attempt.IsOver) return;
        if (_hedge is not null)
        {
            End(attempt, ProxyError.ResponseHeadTimeout);
            Forget(attempt);
            return;
        }

        var verdict = RetryDecision.Decide(FactsOf(attempt, ProxyError.ResponseHeadTimeout, status: 0) with { IsAttemptTimeout = true });
        if (!TryTake(attempt.Backend, ref verdict, now, out var next)) return;
        End(attempt, ProxyError.ResponseHeadTimeout);
        _attempt = null;
        BeginAfterBackOff(next!, now);
    }

    /// <summary>The first attempt is still silent: a second one runs beside it, and whoever answers first has answered.</summary>
    private void TryHedge(long now)
    {
        _timer!.HedgeAt = Clock.Never;
        if (_hasResponded || _hedge is not null || _attempt is not { IsOver: false } first || Content is { IsKeptWhole: false }) return;
        var verdict = RetryDecision.Decide(FactsOf(first, ProxyError.None, status: 0) with { IsHedge = true });
        if (!TryTake(first.Backend, ref verdict, now, out var second)) return;
        _tried.Add(second!.Backend);
        Start(_hedge = second, now, onlyFresh: false);
    }
}
