using Scp.Streams.Messages;

namespace Scp.Streams.Dispatch;

/// <summary>What a route says about repeating its requests.</summary>
/// <param name="Enabled">Whether they are given to another backend at all.</param>
/// <param name="IdempotentMethods">Methods that are idempotent here, beside those of RFC 9110 9.2.2.</param>
/// <param name="HedgeAfter">A second backend is asked too when the first has not answered for so long; infinite is off.</param>
public sealed record RouteRetries(bool Enabled, IReadOnlyList<byte[]> IdempotentMethods, TimeSpan HedgeAfter)
{
    public static readonly RouteRetries Default = new(Enabled: true, [], Timeout.InfiniteTimeSpan);

    /// <summary>The same request twice has the effect of one.</summary>
    public bool IsIdempotent(RequestHead request)
    {
        if (request.Method.IsIdempotent()) return true;
        for (var i = 0; i < IdempotentMethods.Count; i++)
            if (request.MethodBytes.SequenceEqual(IdempotentMethods[i])) return true;
        return false;
    }
}
