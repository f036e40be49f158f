using Akka.Dispatch;

namespace Scp.Host.Replay.Time;

/// <summary>
/// The whole machine of a replay: what is ready to run, in order, and what is due later, by virtual time. One thread drives it, and time
/// moves only when nothing is left to run; so the same start gives the same run, and ten minutes cost what happens in them.
/// </summary>
/// <remarks>
/// An actor system starts and stops with other threads waiting for it. So while nobody drives the loop, time stands still and the thread
/// pool runs what is ready, one after the other:
/// <code>
/// Background --Drive--> Driven --Release--> Background
/// </code>
/// </remarks>
internal sealed class VirtualLoop
{
    private readonly Lock _lock = new();
    private readonly Queue<IRunnable> _ready = new();
    private readonly PriorityQueue<VirtualEvent, (long At, long Number)> _due = new();
    private long _number;
    private long _now;
    private int _driver;
    private bool _isPumping;

    /// <summary>Ticks (100 ns) since the start.</summary>
    public long Now => Volatile.Read(ref _now);

    public TimeSpan Elapsed => TimeSpan.FromTicks(Now);

    /// <summary>What has run so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Work that another thread brought while the loop ran: such a run need not repeat.</summary>
    public int ForeignWork { get; private set; }

    /// <summary>Called whenever nothing is left to run at the current time and something had run.</summary>
    public Action? Settled { get; set; }

    /// <summary>The calling thread runs everything from now on.</summary>
    public void Drive()
    {
        var spin = default(SpinWait);
        while (true)
        {
            lock (_lock)
            {
                if (!_isPumping)
                {
                    _driver = Environment.CurrentManagedThreadId;
                    return;
                }
            }

            spin.SpinOnce();
        }
    }

    /// <summary>The thread pool goes on with what is ready.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _driver = 0;
            StartPump();
        }
    }

    /// <summary>Runs it at the current time, after what is ready already.</summary>
    public void Post(IRunnable runnable)
    {
        lock (_lock)
        {
            NoteCaller();
            _ready.Enqueue(runnable);
            if (_driver == 0) StartPump();
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
            NoteCaller();
            _due.Enqueue(scheduled, (Math.Max(tick, _now), _number++));
        }

        return scheduled;
    }

    /// <summary>Runs everything that is ready, without moving time.</summary>
    public void Drain()
    {
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
    }

    private void NoteCaller()
    {
        if (_driver != 0 && _driver != Environment.CurrentManagedThreadId) ForeignWork++;
    }

    private void StartPump()
    {
        if (_isPumping || _ready.Count == 0) return;
        _isPumping = true;
        ThreadPool.UnsafeQueueUserWorkItem(static loop => loop.Pump(), this, preferLocal: false);
    }

    private void Pump()
    {
        while (true)
        {
            IRunnable? next;
            lock (_lock)
            {
                if (!_ready.TryDequeue(out next))
                {
                    _isPumping = false;
                    return;
                }
            }

            next.Run();
        }
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
