using Scp.Streams.Errors;

namespace Scp.Streams.Dispatch;

/// <content>
/// What an attempt says about its backend: one report for each. A failure is reported when it is known, a success when the response has
/// ended, since it may still be cut; a client that goes away after the head does not take the success away.
/// </content>
public sealed partial class UpstreamAttempt
{
    private readonly long _pickedAt = owner.Pool.Load.Adaptive is null ? 0 : owner.Host.Connection.Clock.Time.GetTimestamp();
    private int _latency; // ms
    private int _period;
    private short _status;
    private bool _isReported;

    private void NoteHead(int status)
    {
        _status = (short)status;
        _latency = ElapsedNow();
        if (status >= 500) Report(AttemptOutcome.ServerError);
        else SampleLatency();
    }

    private int ElapsedNow() => (int)Math.Min(int.MaxValue, Clock.Now - _startedAt);

    private void ReportEnd(ProxyError error)
    {
        var outcome = AttemptOutcomes.Of(error, _sender.IsComplete);
        if (outcome == AttemptOutcome.Cancelled && _status > 0) outcome = AttemptOutcome.Success;
        if (outcome == AttemptOutcome.ResponseTimeout && _status == 0) SampleLatency();
        if (_status == 0) _latency = ElapsedNow();
        Report(outcome);
    }

    private void Report(AttemptOutcome outcome)
    {
        if (_isReported) return;
        _isReported = true;
        Backend.Outcomes.Report(outcome, _latency, Clock.Now, _period);
    }

    /// <summary>
    /// For the limit that follows latency. What failed at once, also with a 5xx, is no measure of how fast the backends are.
    /// </summary>
    private void SampleLatency()
    {
        if (_pickedAt == 0) return;
        owner.Pool.Load.Sample(Clock.Now, (long)Clock.Time.GetElapsedTime(_pickedAt).TotalMicroseconds, Host.Connection.Random);
    }
}
