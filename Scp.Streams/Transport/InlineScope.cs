using Akka.Dispatch;

namespace Scp.Streams.Transport;

/// <summary>
/// A scope on the current thread in which work that the inline dispatcher schedules runs at once, in order, without recursion: a
/// socket completion opens it, and the graph's interpreter runs on the same thread instead of hopping through the pool.
/// Whatever is scheduled outside a scope (timers, actors, other threads) goes to the thread pool, so no foreign thread is ever
/// borrowed. Code inside a scope must neither block nor wait for work that it scheduled.
/// </summary>
public static class InlineScope
{
    /// <summary>
    /// Runnables that one scope may run before the rest moves to the pool: keeps one busy connection from holding a thread.
    /// </summary>
    public const int Budget = 64;

    [ThreadStatic]
    private static Trampoline? _current;

    /// <summary>True when the calling thread is inside a scope.</summary>
    public static bool IsOpen => _current is { Open: true };

    /// <summary>Runs the body, then everything that was scheduled inside it. A nested call just runs the body.</summary>
    public static void Run<T>(Action<T> body, T state)
    {
        var trampoline = _current ??= new Trampoline();
        if (trampoline.Open)
        {
            body(state);
            return;
        }

        trampoline.Open = true;
        try
        {
            body(state);
            for (var ran = 0; trampoline.Queue.TryDequeue(out var runnable); ran++)
            {
                if (ran < Budget) runnable.Run();
                else ThreadPool.UnsafeQueueUserWorkItem(runnable, preferLocal: false);
            }
        }
        finally
        {
            trampoline.Open = false;
            while (trampoline.Queue.TryDequeue(out var runnable)) ThreadPool.UnsafeQueueUserWorkItem(runnable, preferLocal: false);
        }
    }

    /// <summary>Runs the runnable in the open scope of this thread, else on the thread pool.</summary>
    public static void Schedule(IRunnable runnable)
    {
        if (_current is { Open: true } trampoline) trampoline.Queue.Enqueue(runnable);
        else ThreadPool.UnsafeQueueUserWorkItem(runnable, preferLocal: true);
    }

    private sealed class Trampoline
    {
        public readonly Queue<IRunnable> Queue = new(64);
        public bool Open;
    }
}
