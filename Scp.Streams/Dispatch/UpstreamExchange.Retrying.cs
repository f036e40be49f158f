using Scp.Streams.Balancing;
using Scp.Streams.Errors;
using Scp.Streams.Limits;
using Scp.Streams.Messages;

namespace Scp.Streams.Dispatch;

/// <content>Which backend gets the request, and which one after it.</content>
public sealed partial class UpstreamExchange
{
    private void AdmitContent(RequestHead head)
    {
        if (head.EndsMessage && head.Content.IsEmpty) return;
        Content = new RequestContentQueue(Exchange, !head.AsksToUpgrade && IsIdempotent ? Pool.Retries.Buffer : 0);
        if (!head.Content.IsEmpty) Content.Add(new RequestContent(Exchange, head.Content, head.EndsMessage));
        head.Content = default;
    }

    private void Begin(UpstreamAttempt attempt, long now)
    {
        _tried.Add(attempt.Backend);
        Start(_attempt = attempt, now, onlyFresh: false);
    }

    private void Start(UpstreamAttempt attempt, long now, bool onlyFresh)
    {
        Exchange.Record.Attempts++;
        Exchange.Record.Backend = attempt.Backend.Name;
        if (Content?.IsOver ?? true) AwaitAttempt(attempt, now);
        attempt.Start(now, onlyFresh);
    }

    private RetryFacts FactsOf(UpstreamAttempt attempt, ProxyError error, int status) => new()
    {
        Error = error,
        Status = status,
        IsReuseRace = attempt.IsUnansweredOnReusedConnection && error is (ProxyError.UpstreamReset or ProxyError.UpstreamClosedEarly),
        HasRaced = _hasRaced,
        HasResponseBegun = _hasResponded,
        IsIdempotent = IsIdempotent,
        IsContentKept = IsContentKept,
        Attempts = _tried.Count,
        MaxAttempts = MaxAttempts,
        TimeLeft = _total == Clock.Never ? Clock.Never : _total - Clock.Now,
    };

    private bool IsRetried(int status)
    {
        if (status < 400) return false;
        var statuses = Pool.Retries.OnStatus;
        for (var i = 0; i < statuses.Count; i++)
            if (statuses[i] == status) return true;
        return false;
    }

    /// <summary>The backend answered with a status that counts as its failure: true when the client does not get it.</summary>
    private bool TryReject(UpstreamAttempt attempt, ResponseHead head)
    {
        if (_hedge is not null)
        {
            Forget(attempt);
            Reject(attempt, head);
            return true;
        }

        var verdict = RetryDecision.Decide(FactsOf(attempt, ProxyError.None, head.Status));
        var now = Clock.Now;
        if (!TryTake(attempt.Backend, ref verdict, now, out var next)) return false;
        _attempt = null;
        Reject(attempt, head);
        BeginAfterBackOff(next!, now);
        return true;
    }

    private void Reject(UpstreamAttempt attempt, ResponseHead head)
    {
        attempt.Reject(head);
        ReleasePlace(attempt.Standing);
    }

    private void Retry(UpstreamAttempt failed, RetryVerdict verdict, ProxyError error)
    {
        var now = Clock.Now;
        if (TryTake(failed.Backend, ref verdict, now, out var next)) BeginAfterBackOff(next!, now);
        else Fail(error);
    }

    /// <summary>The same backend in the same place: it closed an idle connection, which says nothing about its health.</summary>
    private void Replace(UpstreamAttempt raced)
    {
        _hasRaced = true;
        raced.End(ProxyError.ClientDisconnected, abort: true);
        raced.Backend.Metrics?.Retried(RetryReason.FreshConnection);
        Start(_attempt = new UpstreamAttempt(this, raced.Standing, raced.BindsSession), Clock.Now, onlyFresh: true);
    }

    /// <summary>Finds a place for the retry and pays for it; counts what came of it.</summary>
    private bool TryTake(Backend failed, ref RetryVerdict verdict, long now, out UpstreamAttempt? next)
    {
        next = null;
        var rules = Pool.Retries;
        if (verdict.IsRetry && TryReserve(now, out next) is var refusal and not PickRefusal.None)
        {
            verdict = new RetryVerdict(refusal == PickRefusal.AllBusy ? RetryReason.AllBusy : RetryReason.AllTried);
        }
        else if (verdict.TakesBudget && !Load.Retries.TryTake(now, rules.Budget, rules.BudgetMinimum))
        {
            ReleasePlace(next!.Standing);
            verdict = new RetryVerdict(RetryReason.BudgetExhausted);
        }

        failed.Metrics?.Retried(verdict.Reason);
        return verdict.IsRetry;
    }

    private void BeginAfterBackOff(UpstreamAttempt next, long now)
    {
        var delay = RetryDecision.Delay(Pool.Retries.BackOff, _tried.Count, Host.Connection.Random.NextDouble());
        if (delay == 0)
        {
            Begin(next, now);
            return;
        }

        _timer ??= new WakeTimer(this);
        _timer.Next = next;
        _timer.Lower(_timer.NextAt = now + delay, Clock);
    }
}
