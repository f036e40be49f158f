using Scp.Actors.BackendPools;
using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;
using Scp.Tests.Support;

namespace Scp.Tests.Actors.BackendPools;

/// <summary>Pool states over the real defaults, for tests of what is decided about them.</summary>
internal static class PoolStates
{
    public static PoolSettings Settings(int backends, string more = "")
    {
        var members = string.Join(", ", Enumerable.Range(0, backends).Select(i => $$"""{ name = {{Name(i)}}, address = "127.0.0.1:{{i + 1}}" }"""));
        return TestConfiguration.Read("127.0.0.1:1", $$"""
            scp.pools.origin.backends = [{{members}}]
            scp.pools.origin { {{more}} }
            """).Pools["origin"];
    }

    /// <summary>"a", "b", ...</summary>
    public static string Name(int index) => $"{(char)('a' + index)}";

    public static BackendPoolState Of(int backends, string more = "") => BackendPoolState.Start("origin", Settings(backends, more), 0);

    /// <summary>The state after the command, and what it led to.</summary>
    public static IReadOnlyList<PoolEvent> Do(this ref PoolAt pool, PoolCommand command)
    {
        var events = pool.State.Decide(command, pool.Now);
        pool = pool with { State = pool.State.After(events) };
        return events;
    }

    public static OutcomesObserved Failures(string backend, int inARow, AttemptOutcome last = AttemptOutcome.ServerError, int successes = 0) =>
        new(backend, new OutcomeTally(successes, inARow, successes), inARow, last);

    public static OutcomesObserved Successes(string backend, int count, double milliseconds = 1) =>
        new(backend, new OutcomeTally(count, 0, count * milliseconds), 0, AttemptOutcome.Success);

    public static OutcomesObserved Mixed(string backend, int successes, int failures) =>
        new(backend, new OutcomeTally(successes, failures, successes), failures > 0 ? 1 : 0, AttemptOutcome.ServerError);
}

/// <summary>A pool at a moment.</summary>
internal record struct PoolAt(BackendPoolState State, long Now)
{
    public readonly BackendState this[string backend] => State.Backends[backend];

    public readonly HealthStatus HealthOf(string backend) => State.Backends[backend].Health;

    public void Pass(double seconds)
    {
        Now += (long)(seconds * 1000);
        this.Do(TimePassed.Instance);
    }
}
