using Scp.Actors.Routing;
using Scp.Streams.Balancing;
using Scp.Streams.Decisions;

namespace Scp.Actors.Decisions;

/// <summary>What became of a request as a whole.</summary>
public enum RequestOutcome : byte
{
    /// <summary>It goes to a backend.</summary>
    Forwarded,

    /// <summary>The proxy answers: a redirect, a fixed response, a filter.</summary>
    Answered,

    /// <summary>The proxy answers with an error.</summary>
    Refused,
}

/// <summary>Every decision about one request, and why. Values only, to be printed and sent as they are.</summary>
/// <param name="Listener">Where it came in.</param>
/// <param name="Method">As received.</param>
/// <param name="Host">Host and port, as received.</param>
/// <param name="Target">As received.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Summary">The same in one sentence.</param>
/// <param name="Route">Name of the route; null for none.</param>
/// <param name="Candidates">Every route of the listener, and why it matched or not.</param>
/// <param name="Changes">What is changed on the way to the backend, in order.</param>
/// <param name="Answer">The proxy's own response; null when it is forwarded.</param>
/// <param name="Pick">How the backend was picked; null when no pool was asked.</param>
/// <param name="Forward">What the backend gets; null when nothing is forwarded.</param>
public sealed record DecisionTrace(
    string Listener, string Method, string Host, string Target, RequestOutcome Outcome, string Summary, string? Route,
    IReadOnlyList<RouteCandidate> Candidates, IReadOnlyList<HeadChange> Changes, AnswerTrace? Answer, PickTrace? Pick,
    ForwardTrace? Forward);

/// <summary>One thing that a phase changed in the head.</summary>
/// <param name="Phase">Which.</param>
/// <param name="Part">"target" or the name of a field.</param>
/// <param name="Before">Null when it was not there.</param>
/// <param name="After">Null when it is gone.</param>
public sealed record HeadChange(WalkPhase Phase, string Part, string? Before, string? After);

/// <param name="Status">Status code.</param>
/// <param name="Error">Code of the error, as in the access log; null for none.</param>
/// <param name="Explanation">What happened, and the key that decides it; null for none.</param>
/// <param name="Fields">Field lines, each "Name: value".</param>
public sealed record AnswerTrace(int Status, string? Error, string? Explanation, IReadOnlyList<string> Fields);

/// <param name="Backend">Name of the backend.</param>
/// <param name="Address">Where it is.</param>
/// <param name="Method">Method that is sent.</param>
/// <param name="Target">Target that is sent.</param>
/// <param name="Fields">Field lines that are sent, each "Name: value".</param>
/// <param name="Retries">What follows if it fails there.</param>
public sealed record ForwardTrace(
    string Backend, string Address, string Method, string Target, IReadOnlyList<string> Fields, RetryTrace Retries);
