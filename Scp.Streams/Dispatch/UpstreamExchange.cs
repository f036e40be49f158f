using Scp.Streams.Balancing;
using Scp.Streams.Errors;
using Scp.Streams.Limits;
using Scp.Streams.Messages;

namespace Scp.Streams.Dispatch;

/// <summary>
/// One exchange on its way to a pool and back: picks a backend, makes an attempt, and decides what becomes of a failure. A state machine
/// without Akka types, driven by <see cref="DispatchStage"/>; what happens on a connection is the <see cref="UpstreamAttempt"/>'s.
/// </summary>
/// <remarks>
/// <code>
/// Start --------a place at a backend----------> Attempting
/// Start --------all busy----------------------> Queued --room--> Attempting
/// Attempting ---failed, may be repeated-------> Attempting (another backend; the second retry and later ones after a back-off)
/// Attempting ---reused connection was dead----> Attempting (the same backend on a new connection, once)
/// Attempting ---silent for long---------------> Hedging (a second attempt beside the first)
/// Hedging ------one failed--------------------> Attempting (the other goes on)
/// Attempting, Hedging ---final head-----------> Responding (all other attempts are cancelled)
/// Responding ---response complete-------------> Done
/// any ----------no way on, cancelled, deadline> Done
/// </code>
/// Once it is Responding nothing is tried again: a byte has gone towards the client.
/// </remarks>
public sealed partial class UpstreamExchange(IDispatchHost host, Exchange exchange, PoolSnapshot pool) : IExchangeEdge
{
    private TriedBackends _tried;
    private UpstreamAttempt? _attempt, _hedge;
    private WakeTimer? _timer;
    private long _total = Clock.Never;
    private bool _hasResponded, _hasRaced, _isDone;

    public Exchange Exchange { get; } = exchange;

    public IDispatchHost Host { get; } = host;

    public PoolSnapshot Pool { get; private set; } = pool;

    /// <summary>The content of the request; null when it has none.</summary>
    public RequestContentQueue? Content { get; private set; }

    public bool IsDone => _isDone;

    /// <summary>Another attempt could be made of what is here of the request.</summary>
    public bool IsRepeatable => !_hasResponded && IsIdempotent && IsContentKept;

    private bool IsContentKept => Content?.IsRepeatable ?? true;

    private bool IsIdempotent => Retries.IsIdempotent(Exchange.Request);

    private RouteRetries Retries => Exchange.Route!.Retries;

    private int MaxAttempts => Retries.Enabled ? Pool.Retries.Attempts : 1;

    private Clock Clock => Host.Connection.Clock;

    // ---- from the client's side ----

    public void Start(RequestHead head)
    {
        Exchange.Upstream = this;
        Exchange.Record.Pool = Pool.Name;
        var now = Clock.Now;
        Load.Retries.Requested(now);
        _total = Clock.After(now, Exchange.Route!.Timeouts.Total);
        Host.Connection.Deadlines.Lower(_total);
        AdmitContent(head);
        AwaitHedge(now);
        Exchange.Pick = PickRequest.Of(head, Exchange.Route!, Pool, Host.Connection.Random);
        switch (TryReserve(now, out var attempt))
        {
            case PickRefusal.None: Begin(attempt!, now); break;
            case PickRefusal.AllBusy: Enqueue(now); break;
            case var refusal: Fail(ErrorOf(refusal)); break;
        }
    }

    public void OnRequestPart(RequestPart part)
    {
        if (Content is not { } content)
        {
            part.ReleaseContent(); // the head said that there is none
            return;
        }

        content.Add(part);
        if (_isDone) return;
        if (content.IsOver) AwaitAttempts();
        _attempt?.OnContent();
    }

    /// <summary>The client gave up, or the pipeline answered instead of the backend.</summary>
    public void Cancel()
    {
        if (!_isDone) EndAll(ProxyError.ClientDisconnected);
    }

    /// <summary>Credit for response content came back.</summary>
    public void OnCredit(Exchange exchange)
    {
        _attempt?.Pump();
        _hedge?.Pump();
    }

    /// <summary>Acts on what is due; returns the next deadline.</summary>
    public long OnTick(long now)
    {
        if (_total <= now)
        {
            Fail(ProxyError.RequestTimeout);
            return Clock.Never;
        }

        if (_queued is { } queued)
        {
            if (queued.Until <= now) GiveUpWaiting();
            return _isDone ? Clock.Never : Math.Min(_total, queued.Until);
        }

        var hedge = _hedge; // when the first fails now, this one takes its place, and its deadlines still count
        var next = Math.Min(_attempt?.OnTick(now) ?? Clock.Never, hedge?.OnTick(now) ?? Clock.Never);
        return _isDone ? Clock.Never : Math.Min(_total, next);
    }

    /// <summary>Releases everything without a word; called when the graph stops.</summary>
    public void Stop() => Cancel();

    // ---- from the attempts ----

    public void OnInterim(UpstreamAttempt attempt, ResponseHead head)
    {
        // Of two backends that are asked at once one may announce what the other does not send; and what has come needs no second 100.
        var isStale = _hedge is not null || (head.Status == 100 && _tried.Count > 1 && Content is { Length: > 0 });
        if (isStale) head.Fields.Release();
        else Host.Emit(head);
    }

    /// <summary>A final head came: true when the client gets this response, false when the attempt is over instead.</summary>
    public bool TryAccept(UpstreamAttempt attempt, ResponseHead head)
    {
        if (IsRetried(head.Status) && TryReject(attempt, head)) return false;
        Win(attempt);
        if (attempt.BindsSession) Pool.Rules.Affinity!.Write(head, attempt.Backend);
        return true;
    }

    /// <summary>The response is complete.</summary>
    public void OnComplete(UpstreamAttempt attempt)
    {
        attempt.End(ProxyError.None, abort: false);
        Finish(attempt.Standing);
    }

    /// <summary>The response is complete and its connection waits for the next exchange.</summary>
    public void OnParked(UpstreamAttempt attempt) => Finish(attempt.Standing); // who waits for room finds the connection idle

    /// <summary>The attempt came to nothing, or its response was cut.</summary>
    public void OnFailed(UpstreamAttempt attempt, ProxyError error)
    {
        if (_isDone || attempt.IsOver) return;
        var verdict = RetryDecision.Decide(FactsOf(attempt, error, status: 0));
        var isRace = verdict.Reason == RetryReason.FreshConnection; // that it closes idle connections is no fault of the backend
        if (isRace && _hedge is null)
        {
            Replace(attempt);
            return;
        }

        End(attempt, isRace ? ProxyError.ClientDisconnected : error);
        if (_hasResponded) Fail(error);
        else if (!Forget(attempt)) Retry(attempt, verdict, error);
    }

    private void Win(UpstreamAttempt winner)
    {
        _hasResponded = true;
        var other = ReferenceEquals(winner, _attempt) ? _hedge : _attempt;
        _attempt = winner;
        _hedge = null;
        if (other is not null) End(other, ProxyError.ClientDisconnected);
        if (winner.IsSendingOver) Content?.Discard();
        else Content?.StopKeeping(winner.ContentPosition);
        Exchange.Record.Backend = winner.Backend.Name;
    }

    /// <summary>True when another attempt is under way, which then is the one that counts.</summary>
    private bool Forget(UpstreamAttempt attempt)
    {
        if (ReferenceEquals(attempt, _attempt)) _attempt = _hedge;
        _hedge = null;
        return _attempt is not null;
    }

    // ---- the end ----

    private void Fail(ProxyError error)
    {
        if (_isDone) return;
        EndAll(error);
        Host.Emit(new ResponseFailed(Exchange, error));
    }

    private void EndAll(ProxyError error)
    {
        if (_hedge is { } hedge) End(hedge, error);
        if (_timer?.Next is { } next) ReleasePlace(next.Standing);
        BackendStanding? place = null;
        if (_attempt is { IsOver: false } attempt)
        {
            attempt.End(error, abort: true);
            place = attempt.Standing; // who is woken finds room there and in the pool
        }

        Finish(place);
    }

    private void End(UpstreamAttempt attempt, ProxyError error)
    {
        if (attempt.IsOver) return;
        attempt.End(error, abort: true);
        ReleasePlace(attempt.Standing);
    }

    private void Finish(BackendStanding? place)
    {
        if (_isDone) return;
        _isDone = true;
        _timer?.Dispose();
        LeaveQueue(isServed: false);
        Leave(place);
        Exchange.Upstream = null;
        Host.Done(this);
        Content?.Discard();
    }
}
