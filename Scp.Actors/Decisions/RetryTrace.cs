using Scp.Streams.Dispatch;
using Scp.Streams.Errors;
using Scp.Streams.Limits;
using Scp.Streams.Messages;

namespace Scp.Actors.Decisions;

/// <summary>What would become of the request if its first attempt failed.</summary>
/// <param name="Attempts">Backends that may be tried in all.</param>
/// <param name="IsIdempotent">The request may be sent twice.</param>
/// <param name="Cases">The first failure and what follows.</param>
public sealed record RetryTrace(int Attempts, bool IsIdempotent, IReadOnlyList<RetryCase> Cases)
{
    private static readonly ProxyError[] Failures =
        [ProxyError.ConnectRefused, ProxyError.UpstreamReset, ProxyError.MalformedResponse, ProxyError.ResponseHeadTimeout];

    /// <summary>Asks the retry decision about the ways in which an attempt fails, and about the pool's statuses.</summary>
    internal static RetryTrace Of(RequestHead head, Route route, PoolSnapshot pool)
    {
        var facts = new RetryFacts
        {
            IsIdempotent = route.Retries.IsIdempotent(head),
            IsContentKept = true, // a request that is only asked about has no content
            Attempts = 1,
            MaxAttempts = route.Retries.Enabled ? pool.Retries.Attempts : 1,
            TimeLeft = Clock.Never,
        };
        return new RetryTrace(
            facts.MaxAttempts, facts.IsIdempotent,
            [
                .. Failures.Select(error => Case(ErrorTable.Of(error).Reason, facts with { Error = error, IsAttemptTimeout = pool.Retries.AttemptTimeout > TimeSpan.Zero })),
                .. pool.Retries.OnStatus.Select(status => Case($"status {status}", facts with { Status = status })),
            ]);
    }

    private static RetryCase Case(string after, in RetryFacts facts)
    {
        var verdict = RetryDecision.Decide(facts);
        return new RetryCase(after, verdict.Reason, verdict.TakesBudget);
    }
}

/// <param name="After">How the attempt failed: the code of the error, or a status that counts as a failure.</param>
/// <param name="Then">What follows, if there is another backend.</param>
/// <param name="TakesBudget">The retry counts against the pool's budget.</param>
public sealed record RetryCase(string After, RetryReason Then, bool TakesBudget);
