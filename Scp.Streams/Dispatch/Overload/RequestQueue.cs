using Scp.Streams.Balancing;

namespace Scp.Streams.Dispatch.Overload;

/// <summary>
/// The requests that wait for room in one pool: higher classes first, in each class in the order in which they came, and never more than
/// allowed. Shared by all graphs; the lock is taken only while somebody waits.
/// </summary>
/// <remarks>
/// <code>
/// Outside --TryEnter--> Trying --TryWait--> Waiting --room--> Woken --BeginTry--> Trying
///                                           Waiting --a higher class needs the place--> Outside (shed)
/// Trying, Waiting, Woken --Leave--> Outside
/// </code>
/// No wake-up is lost: who makes room gives it back first and looks at <see cref="Count"/> then; who waits is counted first and tries
/// after that, and goes into the line only if no room was made since it began to try (<see cref="Version"/>). Who was woken and cannot use
/// the room hands its turn on to one behind it, so a turn passes each request at most once.
/// </remarks>
public sealed class RequestQueue
{
    private const int Classes = 3;

    private readonly Lock _lock = new();
    private readonly List<Line> _lines = [];
    private int _count;
    private long _version, _numbers, _waits;

    /// <summary>Requests that are counted in: waiting, woken or trying.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Requests that ever had to wait.</summary>
    public long Waits => Interlocked.Read(ref _waits);

    /// <summary>Changes whenever room was made.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>
    /// Counts a request in, which then tries once more and waits. A full queue takes it in the place of the newest of a lower class.
    /// </summary>
    /// <returns>False when the queue is full of requests that are no less urgent.</returns>
    public bool TryEnter(QueuedRequest request, int size)
    {
        QueuedRequest? shed = null;
        lock (_lock)
        {
            if (_count >= size)
            {
                shed = size == 0 ? null : NewestBelow(request.Priority);
                if (shed is null) return false;
                Remove(shed);
                Forget(shed);
                shed.Shed();
            }

            request.Number = ++_numbers;
            request.Place = QueuePlace.Trying;
            Volatile.Write(ref _count, _count + 1);
        }

        shed?.Wake();
        return true;
    }

    /// <summary>The request begins to try; call it before it looks for room. False when it was shed.</summary>
    public bool BeginTry(QueuedRequest request)
    {
        lock (_lock)
        {
            if (request.Place is QueuePlace.Outside or QueuePlace.Waiting) return false;
            request.Place = QueuePlace.Trying;
            return true;
        }
    }

    /// <summary>Puts a request that found no room into the line; false when room was made since the version, and it tries again.</summary>
    /// <param name="request">Who found no room.</param>
    /// <param name="version">As it was before the try.</param>
    /// <param name="isPoolFull">The pool itself has no room, so the turn would be of no use to others.</param>
    public bool TryWait(QueuedRequest request, long version, bool isPoolFull = false)
    {
        QueuedRequest? next = null;
        lock (_lock)
        {
            if (_version != version) return false;
            if (request.Node is null) Interlocked.Increment(ref _waits);
            request.Node ??= new LinkedListNode<QueuedRequest>(request);
            request.Place = QueuePlace.Waiting;
            Insert(LineOf(request.Subset).Of(request.Priority), request.Node);
            if (request.HasTurn && !isPoolFull && FirstBehind(request) is { } behind) next = Turn(behind);
            request.HasTurn = false;
        }

        next?.Wake();
        return true;
    }

    /// <summary>The request got in, or gave up. A turn that it was given and did not use goes to the next one.</summary>
    /// <param name="request">Who leaves.</param>
    /// <param name="isServed">It got in.</param>
    public void Leave(QueuedRequest request, bool isServed = false)
    {
        QueuedRequest? next = null;
        lock (_lock)
        {
            if (request.Place == QueuePlace.Outside) return;
            if (request.Place == QueuePlace.Waiting) Remove(request);
            else if (request.HasTurn && !isServed) next = TakeNext(null);
            Forget(request);
        }

        next?.Wake();
    }

    /// <summary>Room was made: the first who can use it tries.</summary>
    /// <param name="standing">The backend that has room; null when it is the pool.</param>
    public void OnRoom(BackendStanding? standing)
    {
        if (Count == 0) return;
        QueuedRequest? next;
        lock (_lock) next = TakeNext(standing);
        next?.Wake();
    }

    /// <summary>Much may have changed: all who wait try, in their order.</summary>
    public void WakeAll()
    {
        if (Count == 0) return;
        var woken = new List<QueuedRequest>();
        lock (_lock)
        {
            while (TakeNext(null) is { } next)
            {
                next.HasTurn = false; // there is nobody left to hand it to
                woken.Add(next);
            }
        }

        foreach (var request in woken) request.Wake();
    }

    private QueuedRequest? TakeNext(BackendStanding? standing)
    {
        Volatile.Write(ref _version, _version + 1);
        var next = First(standing) ?? (standing is null ? null : First(null)); // it may be the pool's room that it waits for
        return next is null ? null : Turn(next);
    }

    private QueuedRequest Turn(QueuedRequest next)
    {
        Remove(next);
        next.Place = QueuePlace.Woken;
        next.HasTurn = true;
        return next;
    }

    /// <summary>The next in order after a request that tried in vain, of those to whom other backends are open.</summary>
    private QueuedRequest? FirstBehind(QueuedRequest request)
    {
        for (var priority = (int)request.Priority; priority >= 0; priority--)
        {
            QueuedRequest? first = null;
            foreach (var line in _lines)
            {
                foreach (var candidate in line.Of((RequestPriority)priority))
                {
                    if (priority == (int)request.Priority && candidate.Number <= request.Number) continue;
                    if (ReferenceEquals(line.Subset, request.Subset) && ReferenceEquals(candidate.Bound, request.Bound)) continue;
                    if (first is null || candidate.Number < first.Number) first = candidate;
                    break;
                }
            }

            if (first is not null) return first;
        }

        return null;
    }

    private QueuedRequest? First(BackendStanding? standing)
    {
        for (var priority = Classes - 1; priority >= 0; priority--)
        {
            QueuedRequest? first = null;
            foreach (var line in _lines)
            {
                if (line.Of((RequestPriority)priority).First?.Value is not { } candidate) continue;
                if ((first is null || candidate.Number < first.Number) && line.CanUse(standing)) first = candidate;
            }

            if (first is not null) return first;
        }

        return null;
    }

    private QueuedRequest? NewestBelow(RequestPriority priority)
    {
        for (var lower = RequestPriority.Sheddable; lower < priority; lower++)
        {
            QueuedRequest? newest = null;
            foreach (var line in _lines)
                if (line.Of(lower).Last?.Value is { } last && last.Number > (newest?.Number ?? 0)) newest = last;
            if (newest is not null) return newest;
        }

        return null;
    }

    private void Remove(QueuedRequest request)
    {
        var line = LineOf(request.Subset);
        line.Of(request.Priority).Remove(request.Node!);
        if (line.IsEmpty) _lines.Remove(line);
    }

    private void Forget(QueuedRequest request)
    {
        request.Place = QueuePlace.Outside;
        request.HasTurn = false;
        Volatile.Write(ref _count, _count - 1);
    }

    private Line LineOf(LabelSubset? subset)
    {
        foreach (var line in _lines)
            if (ReferenceEquals(line.Subset, subset)) return line;
        var made = new Line(subset);
        _lines.Add(made);
        return made;
    }

    /// <summary>A request that tried in vain goes back to where it was.</summary>
    private static void Insert(LinkedList<QueuedRequest> requests, LinkedListNode<QueuedRequest> node)
    {
        if (requests.Last is not { } last || last.Value.Number < node.Value.Number)
        {
            requests.AddLast(node);
            return;
        }

        var before = requests.First!;
        while (before.Value.Number < node.Value.Number) before = before.Next!;
        requests.AddBefore(before, node);
    }

    /// <summary>Those who wait for the same backends.</summary>
    private sealed class Line(LabelSubset? subset)
    {
        private readonly LinkedList<QueuedRequest>[] _classes = [new(), new(), new()];

        public LabelSubset? Subset { get; } = subset;

        public bool IsEmpty => _classes[0].Count + _classes[1].Count + _classes[2].Count == 0;

        public LinkedList<QueuedRequest> Of(RequestPriority priority) => _classes[(int)priority];

        public bool CanUse(BackendStanding? standing) =>
            standing is null || Subset is null || Subset.FallsBackToAll || Subset.Includes(standing);
    }
}
