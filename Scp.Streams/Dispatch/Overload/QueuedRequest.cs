using Scp.Streams.Balancing;

namespace Scp.Streams.Dispatch.Overload;

/// <summary>
/// The place of one request in a <see cref="RequestQueue"/>. Made when the pool has no room for the request, so a pool that has room pays
/// nothing.
/// </summary>
/// <param name="priority">Its class.</param>
/// <param name="subset">The labels that its backend must carry; null for any.</param>
/// <param name="wake">
/// Called when it may be its turn, or when it was shed: on the thread of whoever made room. Hands over to the request's own graph.
/// </param>
public sealed class QueuedRequest(RequestPriority priority, LabelSubset? subset, Action<QueuedRequest> wake)
{
    private int _isShed;

    public RequestPriority Priority { get; } = priority;

    public LabelSubset? Subset { get; } = subset;

    /// <summary>Whose place it is.</summary>
    public UpstreamExchange? Exchange { get; init; }

    /// <summary>The only backend that it may go to, because its session must not move; null for any of the subset.</summary>
    public Backend? Bound { get; init; }

    /// <summary>Milliseconds of the clock at which it has waited long enough.</summary>
    public long Until { get; init; } = Limits.Clock.Never;

    /// <summary>It had to give way to a request of a higher class and is not in the queue any more.</summary>
    public bool IsShed => Volatile.Read(ref _isShed) != 0;

    /// <summary>The order in which requests came, kept through a vain try.</summary>
    internal long Number { get; set; }

    internal QueuePlace Place { get; set; }

    /// <summary>It was woken for room that was made, and alone: if it does not use it, another one must get to know.</summary>
    internal bool HasTurn { get; set; }

    internal LinkedListNode<QueuedRequest>? Node { get; set; }

    internal void Wake() => wake(this);

    internal void Shed() => Volatile.Write(ref _isShed, 1);
}

/// <summary>Where a request stands; changed under the lock of its queue.</summary>
internal enum QueuePlace : byte
{
    /// <summary>Not counted.</summary>
    Outside,

    /// <summary>Trying to get in, on its own thread.</summary>
    Trying,

    /// <summary>In the line.</summary>
    Waiting,

    /// <summary>Out of the line to try again, which it has not begun yet.</summary>
    Woken,
}
