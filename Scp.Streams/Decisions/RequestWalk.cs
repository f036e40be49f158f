using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;
using Scp.Streams.Errors;
using Scp.Streams.Filters;
using Scp.Streams.Gateway;
using Scp.Streams.Messages;

namespace Scp.Streams.Decisions;

/// <summary>Where on its way a request head is. The words are those of the README.</summary>
public enum WalkPhase : byte
{
    Received,
    DownstreamFilters,
    Gateway,
    UpstreamFilters,
    Dispatch,
}

/// <summary>Watches a walk. A struct as a type argument, so the one that watches nothing costs nothing.</summary>
public interface IWalkTracer : IPickTracer
{
    /// <summary>The head has come through a phase.</summary>
    void Passed(WalkPhase phase, RequestHead head);
}

/// <summary>Nobody wants to know why.</summary>
public readonly struct SilentWalk : IWalkTracer
{
    public void Passed(WalkPhase phase, RequestHead head)
    {
    }

    public void SessionRefused(Backend backend, Exclusion exclusion)
    {
    }

    public void TierChosen(PoolTier tier)
    {
    }

    public void LeftToWarm(Backend backend)
    {
    }
}

/// <summary>What the proxy does with a request: answers it, or sends it to a backend.</summary>
/// <param name="Answer">The proxy's own response; null when the request is forwarded.</param>
/// <param name="Error">Why it is refused, or why no backend takes it; None when it is not.</param>
/// <param name="Pool">The pool as it was asked; null when it was not.</param>
/// <param name="Request">What the pool was asked.</param>
/// <param name="Pick">What it answered.</param>
public readonly record struct WalkResult(ResponseHead? Answer, ProxyError Error, PoolSnapshot? Pool, PickRequest Request, BackendPick Pick);

/// <summary>
/// Takes a request head through every decision that the stages of the pipeline ask of pure functions, in the order of the pipeline, and
/// sends nothing. Rules of filters that wait for something outside do not wait here: what they would do is not known.
/// </summary>
public static class RequestWalk
{
    /// <param name="head">As the parser made it; it is changed as it would be on its way.</param>
    /// <param name="now">Milliseconds of the clock that pool snapshots go by.</param>
    /// <param name="random">The connection's.</param>
    /// <param name="tracer">Watches.</param>
    public static WalkResult Run<T>(RequestHead head, long now, PickRandom random, ref T tracer)
        where T : struct, IWalkTracer
    {
        var exchange = head.Exchange;
        tracer.Passed(WalkPhase.Received, head);
        GatewayDecision.ChooseRoute(head);
        var error = ProxyError.None;
        if (HeadFilters.Apply(exchange.Route?.DownstreamFilters, FilterPosition.Downstream, head, ref error) is { } early)
            return new WalkResult(early, error, null, default, default);
        tracer.Passed(WalkPhase.DownstreamFilters, head);
        if (GatewayDecision.Answer(head) is { } answer) return new WalkResult(answer, exchange.Record.Error, null, default, default);
        tracer.Passed(WalkPhase.Gateway, head);
        var route = exchange.Route!;
        if (HeadFilters.Apply(route.UpstreamFilters, FilterPosition.Upstream, head, ref error) is { } late)
            return new WalkResult(late, error, null, default, default);
        tracer.Passed(WalkPhase.UpstreamFilters, head);
        var pool = route.Pool!.Current;
        var request = PickRequest.Of(head, route, pool, random);
        var pick = BackendDecision.Pick(pool, in request, default, now, random, ref tracer);
        if (pick.Backend is not { } backend)
        {
            error = pick.Refusal switch
            {
                PickRefusal.SessionBackendGone => ProxyError.SessionBackendGone,
                PickRefusal.CircuitOpen => ProxyError.CircuitOpen,
                _ => ProxyError.NoBackend,
            };
            return new WalkResult(null, error, pool, request, pick);
        }

        RequestSender.PrepareHead(head, backend, route.SendsBackendHost);
        tracer.Passed(WalkPhase.Dispatch, head);
        return new WalkResult(null, ProxyError.None, pool, request, pick);
    }
}
