using Scp.Streams.Errors;

namespace Scp.Streams.Dispatch;

/// <content>
/// What an attempt says about its backend: one report for each. A failure is reported when it is known, a success when the response has
/// ended, since it may still be cut; a client that goes away after the head does not take the success away.
/// </content>
public sealed partial class UpstreamExchange
{
    private void BeginAttempt(Backend backend)
    {
        _backend = backend;
        _attemptedAt = _now;
        _status = 0;
        _isReported = false;
        Exchange.Record.Attempts++;
        backend.Metrics?.AttemptStarted();
    }

    private void NoteHead(int status)
    {
        _status = status;
        _latency = Clock.Now - _attemptedAt;
        if (status >= 500) Report(AttemptOutcome.ServerError);
        else SampleLatency();
    }

    /// <summary>The attempt is over. <see cref="ProxyError.ClientDisconnected"/> when nobody wants it any more.</summary>
    private void EndAttempt(ProxyError error)
    {
        if (_backend is null) return;
        var outcome = AttemptOutcomes.Of(error, _sender.IsComplete);
        if (outcome == AttemptOutcome.Cancelled && _status > 0) outcome = AttemptOutcome.Success;
        if (outcome == AttemptOutcome.ResponseTimeout && _status == 0) SampleLatency();
        if (_status == 0) _latency = Clock.Now - _attemptedAt;
        Report(outcome);
        _backend = null;
    }

    private void Report(AttemptOutcome outcome)
    {
        if (_isReported) return;
        _isReported = true;
        _backend!.Outcomes.Report(outcome, _latency, Clock.Now);
    }
}
