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

    private Backend? Pick(long now)
    {
        var silent = default(SilentPick);
        return BackendDecision.Pick(Pool, Exchange.Pick, in _tried, now, Host.Connection.Random, ref silent).Backend;
    }

    private void Begin(Backend backend, long now)
    {
        _tried.Add(backend);
        Start(_attempt = Announce(backend, now), now, onlyFresh: false);
    }

    private UpstreamAttempt Announce(Backend backend, long now)
    {
        if (!_isWithPool)
        {
            _isWithPool = true;
            Pool.Load.ExchangeStarted();
        }

        Exchange.Record.Attempts++;
        Exchange.Record.Backend = backend.Name;
        var attempt = new UpstreamAttempt(this, backend);
        attempt.Announce(now);
        return attempt;
    }

    private void Start(UpstreamAttempt attempt, long now, bool onlyFresh)
    {
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
            attempt.Reject(head);
            return true;
        }

        var verdict = RetryDecision.Decide(FactsOf(attempt, ProxyError.None, head.Status));
        var now = Clock.Now;
        if (!TryTake(attempt.Backend, ref verdict, now, out var backend)) return false;
        _attempt = null;
        attempt.Reject(head);
        BeginAfterBackOff(backend!, now);
        return true;
    }

    private void Retry(Backend failed, RetryVerdict verdict, ProxyError error)
    {
        _lastError = error;
        var now = Clock.Now;
        if (verdict.Reason == RetryReason.FreshConnection)
        {
            _hasRaced = true;
            failed.Metrics?.Retried(verdict.Reason);
            Start(_attempt = Announce(failed, now), now, onlyFresh: true);
        }
        else if (TryTake(failed, ref verdict, now, out var backend)) BeginAfterBackOff(backend!, now);
        else Fail(error);
    }

    /// <summary>Finds a backend for the retry and pays for it; counts what came of it.</summary>
    private bool TryTake(Backend failed, ref RetryVerdict verdict, long now, out Backend? backend)
    {
        backend = verdict.IsRetry ? Pick(now) : null;
        if (verdict.IsRetry)
        {
            var rules = Pool.Retries;
            if (backend is null) verdict = new RetryVerdict(RetryReason.AllTried);
            else if (verdict.TakesBudget && !Pool.Load.Retries.TryTake(now, rules.Budget, rules.BudgetMinimum))
                verdict = new RetryVerdict(RetryReason.BudgetExhausted);
        }

        failed.Metrics?.Retried(verdict.Reason);
        return verdict.IsRetry;
    }

    private void BeginAfterBackOff(Backend backend, long now)
    {
        var delay = RetryDecision.Delay(Pool.Retries.BackOff, _tried.Count, Host.Connection.Random.NextDouble());
        if (delay == 0)
        {
            Begin(backend, now);
            return;
        }

        _timer ??= new WakeTimer(this);
        _timer.Next = backend;
        _timer.Lower(_timer.NextAt = now + delay, Clock);
    }
}
