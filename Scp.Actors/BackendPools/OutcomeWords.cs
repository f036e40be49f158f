using Scp.Streams.Dispatch;

namespace Scp.Actors.BackendPools;

/// <summary>Outcomes in words, for logs.</summary>
internal static class OutcomeWords
{
    public static string Of(AttemptOutcome outcome) => outcome switch
    {
        AttemptOutcome.Success => "a success",
        AttemptOutcome.ServerError => "a 5xx status",
        AttemptOutcome.ConnectFailed => "no connection",
        AttemptOutcome.ConnectTimeout => "no connection in time",
        AttemptOutcome.Reset => "the connection was reset",
        AttemptOutcome.ResponseTimeout => "no response in time",
        AttemptOutcome.MalformedResponse => "a malformed response",
        AttemptOutcome.Truncated => "a truncated response",
        _ => "cancelled",
    };
}
