using Akka.Dispatch;
using Scp.Streams.Transport;

namespace Scp.Tests.Streams.Transport;

public sealed class InlineScopeSpec
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void What_is_scheduled_runs_after_the_body_in_order_on_the_same_thread()
    {
        var log = new List<(string, int)>();
        void Note(string what) => log.Add((what, Environment.CurrentManagedThreadId));
        InlineScope.Run(
            note =>
            {
                InlineScope.Schedule(new Work(() =>
                {
                    note("first");
                    InlineScope.Schedule(new Work(() => note("third")));
                }));
                InlineScope.Schedule(new Work(() => note("second")));
                note("body");
            },
            (Action<string>)Note);
        var thread = Environment.CurrentManagedThreadId;
        Assert.Equal([("body", thread), ("first", thread), ("second", thread), ("third", thread)], log);
    }

    [Fact]
    public void A_scope_is_open_inside_and_closed_outside()
    {
        Assert.False(InlineScope.IsOpen);
        InlineScope.Run(
            _ =>
            {
                Assert.True(InlineScope.IsOpen);
                InlineScope.Schedule(new Work(() => Assert.True(InlineScope.IsOpen)));
            },
            0);
        Assert.False(InlineScope.IsOpen);
    }

    [Fact]
    public void A_nested_scope_runs_its_body_at_once_and_leaves_the_rest_to_the_outer_one()
    {
        var log = new List<string>();
        InlineScope.Run(
            l =>
            {
                InlineScope.Run(
                    inner =>
                    {
                        InlineScope.Schedule(new Work(() => inner.Add("scheduled inside")));
                        inner.Add("inner");
                    },
                    l);
                l.Add("outer");
            },
            log);
        Assert.Equal(["inner", "outer", "scheduled inside"], log);
    }

    [Fact]
    public void Outside_a_scope_work_goes_to_the_thread_pool()
    {
        using var done = new ManualResetEventSlim();
        var (caller, ranOn, onPool) = (new Thread(() => { }), 0, false);
        caller = new Thread(() => InlineScope.Schedule(new Work(() =>
        {
            ranOn = Environment.CurrentManagedThreadId;
            onPool = Thread.CurrentThread.IsThreadPoolThread;
            done.Set();
        })));
        caller.Start();
        Assert.True(done.Wait(Patience));
        Assert.True(onPool);
        Assert.NotEqual(caller.ManagedThreadId, ranOn);
    }

    [Fact]
    public void The_scope_of_another_thread_is_not_used()
    {
        using var done = new ManualResetEventSlim();
        using var ran = new ManualResetEventSlim();
        InlineScope.Run(
            _ =>
            {
                var foreign = new Thread(() => InlineScope.Schedule(new Work(ran.Set)));
                foreign.Start();
                foreign.Join();
                Assert.True(ran.Wait(Patience)); // although this body has not ended
            },
            0);
    }

    [Fact]
    public void Work_beyond_the_budget_moves_to_the_thread_pool()
    {
        using var done = new CountdownEvent(InlineScope.Budget + 10);
        var inline = 0;
        var thread = new Thread(() => InlineScope.Run(
            _ =>
            {
                var me = Environment.CurrentManagedThreadId;
                for (var i = 0; i < InlineScope.Budget + 10; i++)
                {
                    InlineScope.Schedule(new Work(() =>
                    {
                        if (Environment.CurrentManagedThreadId == me) Interlocked.Increment(ref inline);
                        done.Signal();
                    }));
                }
            },
            0));
        thread.Start();
        Assert.True(done.Wait(Patience));
        Assert.Equal(InlineScope.Budget, inline);
    }

    [Fact]
    public void A_million_steps_that_schedule_each_other_do_not_recurse()
    {
        using var done = new ManualResetEventSlim();
        var step = new Step(1_000_000, done);
        InlineScope.Run(static s => InlineScope.Schedule(s), step);
        Assert.True(done.Wait(Patience));
        Assert.Equal(1, step.Deepest);
    }

    [Fact]
    public void What_was_scheduled_survives_a_body_that_throws()
    {
        using var ran = new ManualResetEventSlim();
        Assert.Throws<InvalidOperationException>(() => InlineScope.Run(
            r =>
            {
                InlineScope.Schedule(new Work(r.Set));
                throw new InvalidOperationException();
            },
            ran));
        Assert.False(InlineScope.IsOpen);
        Assert.True(ran.Wait(Patience));
    }

    private sealed class Work(Action action) : IRunnable
    {
        public void Run() => action();

        public void Execute() => action();
    }

    private sealed class Step(int left, ManualResetEventSlim done) : IRunnable
    {
        [ThreadStatic]
        private static int _depth;

        public int Deepest { get; private set; }

        public void Execute() => Run();

        public void Run()
        {
            Deepest = Math.Max(Deepest, ++_depth);
            if (--left == 0) done.Set();
            else InlineScope.Schedule(this);
            _depth--;
        }
    }
}
