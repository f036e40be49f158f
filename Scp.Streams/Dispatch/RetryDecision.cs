using Scp.Streams.Errors;

namespace Scp.Streams.Dispatch;

/// <summary>What became of a failed attempt, and why. Each is a value of the label "outcome" in scp.upstream.retries.</summary>
public enum RetryReason : byte
{
    /// <summary>Another backend gets the request.</summary>
    AnotherBackend,

    /// <summary>The backend had closed an idle connection as it was taken: the request goes to it once more, on a new one.</summary>
    FreshConnection,

    /// <summary>A second backend is asked while the first is still silent.</summary>
    Hedge,

    /// <summary>Another backend would do no better: a limit of ours, a fault of the client.</summary>
    NotRetriable,

    /// <summary>The client has a part of the response.</summary>
    ResponseBegun,

    /// <summary>The time for the whole exchange is over.</summary>
    DeadlineExceeded,

    /// <summary>The route or the pool allows no more attempts.</summary>
    AttemptsExhausted,

    /// <summary>The request may have taken effect and its method is not idempotent.</summary>
    NotIdempotent,

    /// <summary>Content that was sent is not kept any more.</summary>
    ContentNotKept,

    /// <summary>The pool's share of retries is used up.</summary>
    BudgetExhausted,

    /// <summary>There is no backend that was not tried.</summary>
    AllTried,

    /// <summary>Those that were not tried are at their limit of requests at once.</summary>
    AllBusy,
}

/// <summary>All that the decision depends on.</summary>
public readonly record struct RetryFacts
{
    /// <summary>How the attempt failed; None when it answered with <see cref="Status"/>, or when it is silent and a hedge is asked for.</summary>
    public ProxyError Error { get; init; }

    /// <summary>The status that counts as a failure; 0 when no response head came.</summary>
    public int Status { get; init; }

    /// <summary>The attempt ran into the attempt timeout, not into the time limit of the route.</summary>
    public bool IsAttemptTimeout { get; init; }

    /// <summary>The attempt has not failed: a second one beside it is wanted.</summary>
    public bool IsHedge { get; init; }

    /// <summary>It was on a connection that had been idle, which ended before a byte of the response came.</summary>
    public bool IsReuseRace { get; init; }

    /// <summary>That has happened to this request before.</summary>
    public bool HasRaced { get; init; }

    /// <summary>The head of the final response has gone towards the client. Interim responses do not bind.</summary>
    public bool HasResponseBegun { get; init; }

    public bool IsIdempotent { get; init; }

    /// <summary>The whole request, as far as it has come, can be written once more.</summary>
    public bool IsContentKept { get; init; }

    /// <summary>Backends tried so far.</summary>
    public int Attempts { get; init; }

    /// <summary>Backends that may be tried in all; 1 where the route allows no retries.</summary>
    public int MaxAttempts { get; init; }

    /// <summary>Milliseconds until the time for the whole exchange is over; <see cref="Limits.Clock.Never"/> when it has no limit.</summary>
    public long TimeLeft { get; init; }
}

/// <summary>What to do.</summary>
/// <param name="Reason">Why.</param>
/// <param name="TakesBudget">The retry counts against the pool's budget: the request may have reached a backend before.</param>
public readonly record struct RetryVerdict(RetryReason Reason, bool TakesBudget = false)
{
    public bool IsRetry => Reason <= RetryReason.Hedge;
}

/// <summary>
/// The one decision whether a request is tried again (BEHAVIOUR section 4.4): a pure function of what happened. Whether a backend is
/// left and whether the budget has room is asked after it, because asking changes them.
/// </summary>
public static class RetryDecision
{
    public static RetryVerdict Decide(in RetryFacts facts)
    {
        if (facts.HasResponseBegun) return new RetryVerdict(RetryReason.ResponseBegun);
        if (!IsRetriable(facts)) return new RetryVerdict(RetryReason.NotRetriable);
        if (facts.TimeLeft <= 0) return new RetryVerdict(RetryReason.DeadlineExceeded);
        var nothingSent = facts.Error != ProxyError.None && ErrorTable.Of(facts.Error).NothingSent;
        if (facts is { IsReuseRace: true, HasRaced: false, IsIdempotent: true, IsContentKept: true })
            return new RetryVerdict(RetryReason.FreshConnection); // says nothing about the backend's health, so it is no attempt either
        if (facts.Attempts >= facts.MaxAttempts) return new RetryVerdict(RetryReason.AttemptsExhausted);
        if (nothingSent) return new RetryVerdict(RetryReason.AnotherBackend);
        if (!facts.IsIdempotent) return new RetryVerdict(RetryReason.NotIdempotent);
        if (!facts.IsContentKept) return new RetryVerdict(RetryReason.ContentNotKept);
        return new RetryVerdict(facts.IsHedge ? RetryReason.Hedge : RetryReason.AnotherBackend, TakesBudget: true);
    }

    /// <summary>
    /// Milliseconds to wait before a retry: none before the first; later ones around <paramref name="backOff"/>, doubled each time,
    /// spread from half to one and a half of it so that requests that failed together do not come back together.
    /// </summary>
    /// <param name="backOff">Mean of the first wait.</param>
    /// <param name="attempts">Backends tried so far.</param>
    /// <param name="random">At least 0, below 1.</param>
    public static long Delay(TimeSpan backOff, int attempts, double random)
    {
        if (attempts < 2) return 0;
        var mean = backOff.TotalMilliseconds * (1 << Math.Min(attempts - 2, MaxDoublings));
        return (long)(mean * (0.5 + random));
    }

    private const int MaxDoublings = 6;

    private static bool IsRetriable(in RetryFacts facts) => facts.IsHedge || facts.Status > 0 || facts.Error switch
    {
        ProxyError.UpstreamReset or ProxyError.UpstreamClosedEarly or ProxyError.MalformedResponse => true,
        ProxyError.ResponseHeadTimeout => facts.IsAttemptTimeout, // else the client has waited for all the time that the route allows
        var error => ErrorTable.Of(error).NothingSent,
    };
}
