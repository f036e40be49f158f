using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace Scp.Actors.EventDispatch;

/// <summary>
/// The mailbox of connection actors and graphs. Akka's default holds a 32-slot segment from the start, about 1 KiB for each actor, two for
/// each connection; this one begins with four slots and grows when it must.
/// </summary>
public sealed class CompactMailbox(Settings settings, Config config)
    : MailboxType(settings, config), IProducesMessageQueue<CompactMessageQueue>
{
    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new CompactMessageQueue();
}

/// <summary>An unbounded queue with many writers and one reader, in a ring under a spin lock that is held for a few instructions.</summary>
public sealed class CompactMessageQueue : IMessageQueue, IUnboundedMessageQueueSemantics
{
    private const int FirstCapacity = 4;

    private Envelope[] _ring = new Envelope[FirstCapacity];
    private SpinLock _lock = new(enableThreadOwnerTracking: false);
    private int _head;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public bool HasMessages => Count > 0;

    public void Enqueue(IActorRef receiver, Envelope envelope)
    {
        var taken = false;
        try
        {
            _lock.Enter(ref taken);
            if (_count == _ring.Length) Grow();
            _ring[(_head + _count) & (_ring.Length - 1)] = envelope;
            _count++;
        }
        finally
        {
            if (taken) _lock.Exit();
        }
    }

    public bool TryDequeue(out Envelope envelope)
    {
        envelope = default;
        if (Volatile.Read(ref _count) == 0) return false;
        var taken = false;
        try
        {
            _lock.Enter(ref taken);
            if (_count == 0) return false;
            ref var slot = ref _ring[_head];
            envelope = slot;
            slot = default; // an idle connection must not keep its last message alive
            _head = (_head + 1) & (_ring.Length - 1);
            _count--;
            return true;
        }
        finally
        {
            if (taken) _lock.Exit();
        }
    }

    public void CleanUp(IActorRef owner, IMessageQueue deadletters)
    {
        while (TryDequeue(out var envelope)) deadletters.Enqueue(owner, envelope);
    }

    private void Grow()
    {
        var larger = new Envelope[_ring.Length * 2];
        for (var i = 0; i < _count; i++) larger[i] = _ring[(_head + i) & (_ring.Length - 1)];
        _ring = larger;
        _head = 0;
    }
}
