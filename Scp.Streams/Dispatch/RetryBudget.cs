namespace Scp.Streams.Dispatch;

/// <summary>
/// Bounds the retries of a pool to a share of its requests, so that retries cannot multiply the load of backends that fail because of
/// their load. Tokens come with requests and with time, and fade with a time constant of <see cref="Window"/>: in a steady state there
/// are as many as the last ten seconds gave (ten seconds as in Finagle's and Linkerd's budgets). Lock-free; a request costs one increment.
/// </summary>
public sealed class RetryBudget
{
    /// <summary>Milliseconds that what was not used is remembered.</summary>
    public const long Window = 10_000;

    private long _requests;
    private State? _state;

    /// <summary>Counts a request that came to the pool.</summary>
    /// <param name="now">Milliseconds of the clock.</param>
    public void Requested(long now)
    {
        Interlocked.Increment(ref _requests);
        if (Volatile.Read(ref _state) is null) Interlocked.CompareExchange(ref _state, new State(null, 0, now), null);
    }

    /// <summary>Takes a token for one retry; false when there is none.</summary>
    /// <param name="now">Milliseconds of the clock.</param>
    /// <param name="share">Tokens for each request, 0 to 1.</param>
    /// <param name="minimum">Tokens for each second, whatever comes.</param>
    public bool TryTake(long now, double share, int minimum)
    {
        while (true)
        {
            if (Volatile.Read(ref _state) is not { } before) return false; // nobody asked for anything
            var requests = Volatile.Read(ref _requests);
            var tokens = before.At(now, requests, share, minimum);
            if (tokens < 1) return false;
            var after = new State(tokens - 1, requests, now);
            if (ReferenceEquals(Interlocked.CompareExchange(ref _state, after, before), before)) return true;
        }
    }

    /// <param name="Tokens">What is left; null at the beginning, which counts as a window without requests.</param>
    /// <param name="Requests">Requests that gave their tokens.</param>
    /// <param name="Time">When that was.</param>
    private sealed record State(double? Tokens, long Requests, long Time)
    {
        /// <summary>
        /// What is left at a later time, when tokens came evenly since: the solution of dT/dt = rate - T / Window.
        /// </summary>
        public double At(long now, long requests, double share, int minimum)
        {
            var tokens = Tokens ?? minimum * (Window / 1000.0);
            var elapsed = Math.Max(0, now - Time);
            if (elapsed == 0) return tokens + share * (requests - Requests);
            var left = Math.Exp(-(double)elapsed / Window);
            var rate = share * (requests - Requests) / elapsed + minimum / 1000.0;
            return tokens * left + rate * Window * (1 - left);
        }
    }
}
