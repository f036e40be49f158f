using Scp.Streams.Errors;
using Scp.Streams.Telemetry;

namespace Scp.Host.LogReplay;

/// <summary>What was, or would be, decided of one request.</summary>
/// <param name="Route">Name of the route; null for none.</param>
/// <param name="Pool">The pool that it goes to; null when the proxy answers.</param>
/// <param name="Backend">The backend; null for none.</param>
/// <param name="Answer">What the proxy answers: "404 no-route", "308"; null when it is forwarded.</param>
/// <param name="Sent">Host and target as the backend gets them; null when that is not known.</param>
internal readonly record struct ReplayedDecision(string? Route, string? Pool, string? Backend, string? Answer, string? Sent)
{
    /// <summary>What the log says was decided.</summary>
    public static ReplayedDecision Logged(LoggedRequest request) => request.Pool is not null
        ? new ReplayedDecision(request.Route, request.Pool, request.Backend, null, null)
        : new ReplayedDecision(request.Route, null, null, AnswerText(request.Status, request.Error), null);

    public static string AnswerText(int status, ProxyError error) => AnswerText(status, error == ProxyError.None ? null : ErrorReason.Text(error));

    private static string AnswerText(int status, string? error) => error is null ? $"{status}" : $"{status} {error}";
}
