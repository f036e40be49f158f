using Scp.Streams.Dispatch;
using Scp.Streams.Errors;
using Scp.Streams.Limits;

namespace Scp.Tests.Streams.Dispatch;

/// <summary>The rules of BEHAVIOUR section 4.4, one by one.</summary>
public class RetryDecisionSpec
{
    private static readonly RetryFacts Reset = new()
    {
        Error = ProxyError.UpstreamReset,
        IsIdempotent = true,
        IsContentKept = true,
        Attempts = 1,
        MaxAttempts = 3,
        TimeLeft = Clock.Never,
    };

    private static readonly RetryFacts Post = Reset with { IsIdempotent = false };

    public static TheoryData<string, RetryFacts, RetryReason, bool> Rules => new()
    {
        { "an idempotent request that was reset goes elsewhere", Reset, RetryReason.AnotherBackend, true },
        { "so does one whose connection ended", Reset with { Error = ProxyError.UpstreamClosedEarly }, RetryReason.AnotherBackend, true },
        { "and one that got no HTTP", Reset with { Error = ProxyError.MalformedResponse }, RetryReason.AnotherBackend, true },
        { "a status that counts as a failure", Reset with { Error = ProxyError.None, Status = 503 }, RetryReason.AnotherBackend, true },
        { "what may have taken effect is not sent twice", Post, RetryReason.NotIdempotent, false },
        { "nor is it after a status", Post with { Error = ProxyError.None, Status = 503 }, RetryReason.NotIdempotent, false },
        { "where nothing was sent any method goes elsewhere", Post with { Error = ProxyError.ConnectRefused }, RetryReason.AnotherBackend, false },
        { "and content that is gone was not needed", Post with { Error = ProxyError.ConnectTimeout, IsContentKept = false }, RetryReason.AnotherBackend, false },
        { "content that is gone cannot be sent again", Reset with { IsContentKept = false }, RetryReason.ContentNotKept, false },
        { "a byte has gone to the client", Reset with { HasResponseBegun = true }, RetryReason.ResponseBegun, false },
        { "all attempts are made", Reset with { Attempts = 3 }, RetryReason.AttemptsExhausted, false },
        { "all attempts to connect too", Reset with { Attempts = 3, Error = ProxyError.ConnectRefused }, RetryReason.AttemptsExhausted, false },
        { "the time is over", Reset with { TimeLeft = 0 }, RetryReason.DeadlineExceeded, false },
        { "the client has waited for all the time of the route", Reset with { Error = ProxyError.ResponseHeadTimeout }, RetryReason.NotRetriable, false },
        { "an attempt has its own time", Reset with { Error = ProxyError.ResponseHeadTimeout, IsAttemptTimeout = true }, RetryReason.AnotherBackend, true },
        { "the next response would be as large", Reset with { Error = ProxyError.ResponseHeadTooLarge }, RetryReason.NotRetriable, false },
        { "an idle connection died", Reset with { IsReuseRace = true }, RetryReason.FreshConnection, false },
        { "which is no attempt", Reset with { IsReuseRace = true, MaxAttempts = 1 }, RetryReason.FreshConnection, false },
        { "but happens once", Reset with { IsReuseRace = true, HasRaced = true }, RetryReason.AnotherBackend, true },
        { "and not to what may have taken effect", Post with { IsReuseRace = true }, RetryReason.NotIdempotent, false },
        { "a silent backend gets company", Reset with { Error = ProxyError.None, IsHedge = true }, RetryReason.Hedge, true },
        { "unless the request may take effect twice", Post with { Error = ProxyError.None, IsHedge = true }, RetryReason.NotIdempotent, false },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Every_rule_decides(string rule, RetryFacts facts, RetryReason reason, bool takesBudget)
    {
        var verdict = RetryDecision.Decide(facts);

        Assert.True((reason, takesBudget) == (verdict.Reason, verdict.TakesBudget), $"{rule}: {verdict}");
        Assert.Equal(reason is RetryReason.AnotherBackend or RetryReason.FreshConnection or RetryReason.Hedge, verdict.IsRetry);
    }

    [Fact]
    public void Only_failures_of_the_backend_are_retried()
    {
        foreach (var row in ErrorTable.All.Where(r => r.Fault != Fault.Upstream))
            Assert.False(RetryDecision.Decide(Reset with { Error = row.Error }).IsRetry, row.Reason);
    }

    [Theory]
    [InlineData(1, 0.99, 0)]
    [InlineData(2, 0.0, 12)]
    [InlineData(2, 0.5, 25)]
    [InlineData(3, 0.5, 50)]
    [InlineData(4, 0.999, 149)]
    [InlineData(100, 0.5, 1600)]
    public void The_first_retry_waits_for_nothing_and_later_ones_ever_longer(int attempts, double random, long delay) =>
        Assert.Equal(delay, RetryDecision.Delay(TimeSpan.FromMilliseconds(25), attempts, random));
}
