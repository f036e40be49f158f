using Akka.Dispatch;

namespace Scp.Host.Replay.Time;

/// <summary>
/// The whole machine of a replay: what is ready to run, in order, and what is due later, by virtual time. One thread drains it, and time
/// moves only when nothing is left to run; so the same start gives the same run, and ten minutes cost what happens in them.
/// </summary>
internal sealed class VirtualLoop
{
    private readonly Lock _lock = new();
    private readonly Queue<IRunnable> _ready = new();
    private readonly PriorityQueue<VirtualEvent, (long At, long Number)> _due = new();
    private long _number;
    private long _now;
    private int _thread;

    /// <summary>Ticks (100 ns) since the start.</summary>
    public long Now => Volatile.Read(ref _now);

    public TimeSpan Elapsed => TimeSpan.FromTicks(Now);

    /// <summary>What has run so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Work that another thread brought while the loop ran: such a run need not repeat.</summary>
    public int ForeignWork { get; private set; }

    /// <summary>Called whenever nothing is left to run at the current time and something had run.</summary>
    public Action? Settled { get; set; }

    /// <summary>Runs it at the current time, after what is ready already.</summary>
    public void Post(IRunnable runnable)
    {
        lock (_lock)
        {
            if (_thread != 0 && _thread != Environment.CurrentManagedThreadId) ForeignWork++;
            _ready.Enqueue(runnable);
        }
    }

    public void Post(Action action) => Post(new ActionRunnable(action));

    /// <summary>Runs it after the delay; a delay in the past is none.</summary>
    public VirtualEvent After(TimeSpan delay, Action action) => At(Now + Math.Max(0, delay.Ticks), action);

    /// <summary>Runs it at that tick.</summary>
    public VirtualEvent At(long tick, Action action)
    {
        var scheduled = new VirtualEvent(action);
        lock (_lock)
        {
            if (_thread != 0 && _thread != Environment.CurrentManagedThreadId) ForeignWork++;
            _due.Enqueue(scheduled, (Math.Max(tick, _now), _number++));
        }

        return scheduled;
    }

    /// <summary>Runs everything that is ready, without moving time.</summary>
    public void Drain()
    {
        _thread = Environment.CurrentManagedThreadId;
        while (true)
        {
            var steps = Steps;
            while (TryTake(out var runnable))
            {
                Steps++;
                runnable.Run();
            }

            if (Steps == steps) return;
            Settled?.Invoke();
        }
    }

    /// <summary>Runs everything up to that time, then stands there.</summary>
    public void RunUntil(TimeSpan end)
    {
        Drain();
        while (_due.TryPeek(out var next, out var when) && when.At <= end.Ticks)
        {
            lock (_lock) _due.Dequeue();
            if (next.IsCancelled) continue;
            Volatile.Write(ref _now, when.At);
            Post(next);
            Drain();
        }

        Volatile.Write(ref _now, Math.Max(_now, end.Ticks));
        _thread = 0;
    }

    private bool TryTake(out IRunnable runnable)
    {
        lock (_lock) return _ready.TryDequeue(out runnable!);
    }
}

/// <summary>Something that is due later, unless it is cancelled before.</summary>
internal sealed class VirtualEvent(Action action) : IRunnable
{
    public bool IsCancelled { get; private set; }

    public void Cancel() => IsCancelled = true;

    public void Run()
    {
        if (!IsCancelled) action();
    }

    public void Execute() => Run();
}
