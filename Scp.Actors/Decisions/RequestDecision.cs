using Scp.Actors.Routing;
using Scp.Streams.Balancing;
using Scp.Streams.Decisions;
using Scp.Streams.Dispatch;
using Scp.Streams.Errors;
using Scp.Streams.Messages;

namespace Scp.Actors.Decisions;

/// <summary>
/// Explains what the proxy does with a request: a pure function of request, snapshot, now and seed that calls what live traffic calls, and
/// writes down what each decision said.
/// </summary>
public static class RequestDecision
{
    /// <param name="text">The request.</param>
    /// <param name="origin">Where it comes from.</param>
    /// <param name="snapshot">The configuration, with a route table that <see cref="RouteTable.Compile"/> made.</param>
    /// <param name="now">Milliseconds of the clock that pool snapshots go by.</param>
    /// <param name="seed">Of the random.</param>
    public static DecisionTrace Explain(RequestText text, RequestOrigin origin, ProxySnapshot snapshot, long now, ulong seed)
    {
        if (text.Parse(snapshot, origin, out var error) is not { } head) return Malformed(text, origin, error);
        var routing = ((RouteTable)snapshot.Routes).Explain(head);
        var tracer = new ExplainingWalk();
        var walk = RequestWalk.Run(head, now, new PickRandom(seed), ref tracer);
        var pick = walk.Pool is { } pool ? PickExplanation.Of(pool, walk.Request, default, now, seed, walk.Pick, tracer.Pick) : null;
        var first = tracer.States[0].State;
        var trace = new DecisionTrace(
            origin.Listener, HeadState.Text(head.MethodBytes), first.Fields.FirstOrDefault(f => IsHost(f.Name)).Value ?? "", first.Target,
            RequestOutcome.Forwarded, "", head.Exchange.Route?.Name, routing.Candidates, tracer.Changes(), null, pick, null);
        trace = walk.Answer is { } answer ? Answered(trace, answer, walk.Error)
            : walk.Error != ProxyError.None ? Refused(trace, walk.Error)
            : Forwarded(trace, tracer.States[^1].State, walk.Pick.Backend!, RetryTrace.Of(head, head.Exchange.Route!, walk.Pool!));
        head.Fields.Release();
        return trace;
    }

    private static DecisionTrace Malformed(RequestText text, RequestOrigin origin, ProxyError error)
    {
        var trace = new DecisionTrace(origin.Listener, text.Method, "", text.Target, RequestOutcome.Refused, "", null, [], [], null, null, null);
        return Refused(trace, error);
    }

    private static DecisionTrace Answered(DecisionTrace trace, ResponseHead answer, ProxyError error)
    {
        var row = error == ProxyError.None ? null : ErrorTable.Of(error);
        var fields = HeadState.FieldsOf(answer.Fields).Select(f => $"{f.Name}: {f.Value}").ToList();
        var status = answer.Status;
        var to = answer.Fields.Text(KnownField.Location) is { } location ? $" to {location}" : "";
        answer.ReleaseContent();
        answer.Fields.Release();
        return trace with
        {
            Outcome = row is null ? RequestOutcome.Answered : RequestOutcome.Refused,
            Summary = row is null ? $"answered here with {status}{to}" : $"refused with {status}: {row.Explanation}",
            Answer = new AnswerTrace(status, row?.Reason, row?.Sentence, fields),
        };
    }

    private static DecisionTrace Refused(DecisionTrace trace, ProxyError error)
    {
        var row = ErrorTable.Of(error);
        return trace with
        {
            Outcome = RequestOutcome.Refused,
            Summary = $"refused with {row.Status}: {row.Explanation}",
            Answer = new AnswerTrace(row.Status, row.Reason, row.Sentence, []),
        };
    }

    private static DecisionTrace Forwarded(DecisionTrace trace, HeadState sent, Backend backend, RetryTrace retries) => trace with
    {
        Summary = $"forwarded to {backend.Name}{(backend.Name == backend.AddressText ? "" : $" at {backend.AddressText}")} of the pool {trace.Pick!.Pool}",
        Forward = new ForwardTrace(backend.Name, backend.AddressText, trace.Method, sent.Target, sent.Lines, retries),
    };

    private static bool IsHost(string name) => name.Equals("Host", StringComparison.OrdinalIgnoreCase);

    /// <summary>Keeps the head of every phase, and what the pick does.</summary>
    private readonly struct ExplainingWalk() : IWalkTracer
    {
        private readonly List<(WalkPhase Phase, HeadState State)> _states = [];

        public ExplainingPick Pick { get; } = new();

        public IReadOnlyList<(WalkPhase Phase, HeadState State)> States => _states;

        public IReadOnlyList<HeadChange> Changes() =>
            [.. _states.Zip(_states.Skip(1)).SelectMany(pair => pair.First.State.ChangesTo(pair.Second.State, pair.Second.Phase))];

        public void Passed(WalkPhase phase, RequestHead head) => _states.Add((phase, HeadState.Of(head)));

        public void SessionRefused(Backend backend, Exclusion exclusion) => Pick.SessionRefused(backend, exclusion);

        public void TierChosen(PoolTier tier) => Pick.TierChosen(tier);

        public void LeftToWarm(Backend backend) => Pick.LeftToWarm(backend);
    }
}
