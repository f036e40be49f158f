using Akka.Actor;
using Akka.Event;

namespace Scp.Actors.Health;

/// <summary>
/// /user/scp/pools/journal: remembers what is known of backends, one journal for the node: a thousand pools must not be a thousand
/// recoveries. It keeps the newest fact of each backend until the database has it. The persistent actor below may stop at any time; it is
/// started again after a growing pause, each time after the database was opened anew, and gets what is missing. (That opening is why this is
/// no BackoffSupervisor.) Nobody waits for it, so a dead database costs the memory of restarts, never a request.
/// </summary>
public sealed class HealthJournalActor(HealthPersistence persistence, TimeProvider time) : UntypedActor, IWithTimers
{
    /// <summary>Facts in one transaction.</summary>
    private const int BatchSize = 500;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly PersistenceMetrics _metrics = persistence.Metrics;
    private readonly PersistenceSettings _settings = persistence.Settings;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly UnwrittenFacts _unwritten = new(RememberedBackends.Most);
    private readonly List<IActorRef> _recalling = [];
    private readonly List<IActorRef> _flushing = [];
    private RememberedBackends _known = RememberedBackends.None;
    private IActorRef _store = ActorRefs.Nobody;
    private TimeSpan _pause = ShortestPause;
    private string? _failure;
    private bool _isRecovered;
    private bool _isReady;
    private bool _isUntidy;
    private bool _isDegraded;
    private bool _isWriting;

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer("renew", RenewMemory.Instance, HealthStoreActor.RenewAfter(_settings));
        Open();
    }

    protected override void PostRestart(Exception reason)
    {
        base.PostRestart(reason);
        Context.Parent.Tell(JournalRestarted.Instance);
    }

    protected override void PostStop()
    {
        _stopping.Cancel();
        _stopping.Dispose();
        _metrics.IsUp = false;
    }

    /// <summary>The store is started again here, with a pause, not by Akka.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Remember remember: OnRemember(remember.Backend); break;
            case Recall: OnRecall(); break;
            case Flush: OnFlush(); break;
            case StorageOpening opening: OnOpened(opening); break;
            case StoreReady ready: OnReady(ready); break;
            case FactsWritten written: OnWritten(written); break;
            case StoreFailed failed: OnFailed(failed); break;
            case Terminated: OnStoreStopped(); break;
            case Reopen: Open(); break;
            case RenewMemory: Context.Parent.Tell(message); break;
            default: Unhandled(message); break;
        }

        _metrics.Waiting = _unwritten.Count;
        _metrics.Remembered = _known.Count;
    }

    private void OnRemember(RememberedBackend fact)
    {
        // Before recovery nobody knows what the database has: everything is written.
        if (_isRecovered && _known.Decide(fact, HealthStoreActor.RenewAfter(_settings)) is null) return;
        _known = _known.Apply(fact);
        Keep(fact);
        WriteNext();
    }

    private void OnRecall()
    {
        if (_isRecovered) Answer(Sender, _known);
        else _recalling.Add(Sender);
    }

    private void OnFlush()
    {
        _flushing.Add(Sender);
        AnswerFlush();
    }

    private void Open()
    {
        var self = Self;
        Task.Run(() => persistence.Storage.OpenAsync(_stopping.Token))
            .PipeTo(self, self, failure: e => new StorageOpening(e.GetBaseException().Message));
    }

    private void OnOpened(StorageOpening opening)
    {
        if (opening.Notice is { } notice) _log.Warning("{0}", notice);
        if (opening.Failure is { } failure)
        {
            _metrics.Failed();
            _failure = failure;
            Pause();
            return;
        }

        if (opening.IsEmpty) Recovered(RememberedBackends.None);
        var (settings, clock, self) = (_settings, time, Self);
        _store = Context.Watch(Context.ActorOf(Props.Create(() => new HealthStoreActor(settings, clock, self)), "store"));
    }

    private void OnReady(StoreReady ready)
    {
        if (ready.Unreadable > 0)
            _log.Warning("{0} records of backends in {1} could not be read and were left out.", ready.Unreadable, persistence.Storage.Name);

        // What this process learned meanwhile is newer than what was stored.
        var stored = ready.Stored;
        Recovered(RememberedBackends.Of(stored.All.Where(b => !_unwritten.Contains(b.Pool, b.Backend))));

        // After a database was lost, its successor must learn everything again.
        _known = _known.Since(time.GetUtcNow() - _settings.ForgetAfter);
        foreach (var known in _known.All)
            if (stored.Decide(known, TimeSpan.MaxValue) is not null) Keep(known);
        _isReady = true;
        if (_unwritten.Count == 0) Healthy();
        WriteNext();
    }

    /// <summary>The first recovery decides what is recalled; later ones bring nothing that is not known.</summary>
    private void Recovered(RememberedBackends stored)
    {
        if (_isRecovered) return;
        _isRecovered = true;
        foreach (var record in stored.All) _known = _known.Apply(record);
        foreach (var asker in _recalling) Answer(asker, stored);
        _recalling.Clear();
    }

    private void WriteNext()
    {
        if (_isWriting || _unwritten.Count == 0 || !_isReady) return;
        _isWriting = true;
        _store.Tell(new WriteFacts(_unwritten.Next(BatchSize)));
    }

    private void OnWritten(FactsWritten written)
    {
        _isWriting = false;
        _unwritten.Written(written.Facts);
        _metrics.Wrote(written.Transitions);
        Healthy();
        WriteNext();
        AnswerFlush();
    }

    private void OnFailed(StoreFailed failed)
    {
        _metrics.Failed();
        var reason = failed.Cause.GetBaseException().Message;
        if (failed.Stops) _failure = reason;
        else if (!_isUntidy && !_isDegraded) _log.Warning("Old records in {0} could not be tidied away: {1}", persistence.Storage.Name, reason);
        _isUntidy |= !failed.Stops;
    }

    private void OnStoreStopped()
    {
        _isReady = false;
        _isWriting = false;
        _isUntidy = false;
        Pause();
    }

    private void Pause()
    {
        Degraded(_failure ?? "it stopped");
        _failure = null;
        Timers.StartSingleTimer("reopen", Reopen.Instance, _pause);
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        AnswerFlush();
    }

    private void Degraded(string reason)
    {
        _metrics.IsUp = false;
        if (_isDegraded) return;
        _isDegraded = true;
        _log.Warning(
            "The health of backends is not saved: {0}: {1}. Requests are not affected; it is tried again, and the newest facts are written then.",
            persistence.Storage.Name, reason.TrimEnd('.'));
    }

    /// <summary>It recovered and, if there was something to write, took it: a full disk can still be read.</summary>
    private void Healthy()
    {
        _metrics.IsUp = true;
        _pause = ShortestPause;
        if (!_isDegraded) return;
        _isDegraded = false;
        _log.Info("The health of backends is saved again: {0}.", persistence.Storage.Name);
    }

    private void Keep(RememberedBackend fact)
    {
        if (!_unwritten.Add(fact)) _metrics.Drop();
    }

    private void Answer(IActorRef asker, RememberedBackends records) =>
        asker.Tell(new Recalled([.. records.Since(time.GetUtcNow() - _settings.ForgetAfter).All]));

    private void AnswerFlush()
    {
        if (_unwritten.Count > 0 && !_isDegraded) return;
        foreach (var asker in _flushing) asker.Tell(new Flushed(_unwritten.Count));
        _flushing.Clear();
    }

    private sealed record Reopen : INoSerializationVerificationNeeded
    {
        public static readonly Reopen Instance = new();
    }
}
