using Akka.Actor;
using Akka.Persistence;

namespace Scp.Actors.Health;

/// <summary>
/// The persistent part of the journal: a shell around <see cref="RememberedBackends"/>. Akka stops a persistent actor whose write or recovery
/// failed, whatever it wants; the <see cref="HealthJournalActor"/> above outlives it and starts it anew.
/// </summary>
internal sealed class HealthStoreActor(PersistenceSettings settings, TimeProvider time, IActorRef journal) : UntypedPersistentActor
{
    private RememberedBackends _stored = RememberedBackends.None;
    private long _snapshotAt;
    private int _unreadable;
    private bool _isSnapshotUnderWay;
    private FactsWritten? _held;

    public override string PersistenceId { get; } = settings.PersistenceId;

    /// <summary>From which age on the same fact is written again, so that it does not reach scp.persistence.forget-after while it holds.</summary>
    public static TimeSpan RenewAfter(PersistenceSettings settings) => settings.ForgetAfter / 4;

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case SnapshotOffer { Snapshot: RememberedBackends snapshot } offer:
                _stored = snapshot;
                _snapshotAt = offer.Metadata.SequenceNr;
                break;
            case RememberedBackend happened: _stored = _stored.Apply(happened); break;
            case RecoveryCompleted:
                _stored = _stored.Since(time.GetUtcNow() - settings.ForgetAfter);
                journal.Tell(new StoreReady(_stored, _unreadable), Self);
                break;
            default: _unreadable++; break; // a later version wrote it, or a disk garbled it: one record lost, not all
        }
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case WriteFacts write: Write(write.Facts); break;
            case SaveSnapshotSuccess saved: Tidy(saved.Metadata.SequenceNr); break;
            case SaveSnapshotFailure failed: Complain(failed.Cause); break;
            case DeleteMessagesFailure failed: Complain(failed.Cause); break;
            case DeleteSnapshotsFailure failed: Complain(failed.Cause); break;
            case DeleteMessagesSuccess:
                Tidied();
                SaveWhenDue(); // more may have come meanwhile, and nothing after it
                break;
            case DeleteSnapshotsSuccess: break;
            default: Unhandled(message); break;
        }
    }

    // All without the base, which logs a stack trace: the journal says it in one line, once.
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) =>
        journal.Tell(new StoreFailed(cause, Stops: true), Self);

    protected override void OnRecoveryFailure(Exception reason, object? message = null) =>
        journal.Tell(new StoreFailed(reason, Stops: true), Self);

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        journal.Tell(new StoreFailed(cause, Stops: true), Self);
        Context.Stop(Self);
    }

    private void Write(IReadOnlyList<RememberedBackend> facts)
    {
        var events = facts.Select(f => _stored.Decide(f, RenewAfter(settings))).OfType<RememberedBackend>().ToList();
        if (events.Count == 0)
        {
            journal.Tell(new FactsWritten(facts, 0), Self);
            return;
        }

        var left = events.Count;
        PersistAll(events, happened =>
        {
            _stored = _stored.Apply(happened);
            if (--left > 0) return;
            Answer(new FactsWritten(facts, events.Count));
            SaveWhenDue();
        });
    }

    /// <summary>A disk that deletes more slowly than it writes must not fill: the next facts wait, and are coalesced meanwhile.</summary>
    private void Answer(FactsWritten written)
    {
        if (_isSnapshotUnderWay && LastSequenceNr - _snapshotAt > SnapshotInterval) _held = written;
        else journal.Tell(written, Self);
    }

    /// <summary>
    /// A snapshot holds all records, so it is due only after as many transitions: the work for one transition stays the same however many
    /// backends there are, and the journal holds no more than a few times what is remembered.
    /// </summary>
    private int SnapshotInterval => Math.Max(settings.SnapshotEvery, _stored.Count);

    private void SaveWhenDue()
    {
        if (_isSnapshotUnderWay || LastSequenceNr - _snapshotAt < SnapshotInterval) return;
        _isSnapshotUnderWay = true;
        _snapshotAt = LastSequenceNr;
        SaveSnapshot(_stored.Since(time.GetUtcNow() - settings.ForgetAfter));
    }

    private void Tidy(long sequenceNr)
    {
        DeleteMessages(sequenceNr);
        DeleteSnapshots(new SnapshotSelectionCriteria(sequenceNr - 1));
    }

    private void Tidied()
    {
        _isSnapshotUnderWay = false;
        if (_held is { } held) journal.Tell(held, Self);
        _held = null;
    }

    /// <summary>The events are all there still; the next snapshot takes them too.</summary>
    private void Complain(Exception cause)
    {
        Tidied();
        journal.Tell(new StoreFailed(cause, Stops: false), Self);
    }
}
