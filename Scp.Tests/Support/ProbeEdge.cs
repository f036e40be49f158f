using System.Threading.Channels;
using Akka.Streams;
using Akka.Streams.Stage;

namespace Scp.Tests.Support;

/// <summary>One end of a graph under test: what the test sends goes out, what comes in is put down. Always pulls.</summary>
public sealed class ProbeEdge<TIn, TOut>(Action<TOut>? onSend = null) : GraphStageWithMaterializedValue<FlowShape<TIn, TOut>, ProbeEdge<TIn, TOut>.Handle>
    where TIn : class
    where TOut : class
{
    private readonly Inlet<TIn> _in = new("Probe.In");
    private readonly Outlet<TOut> _out = new("Probe.Out");

    public override FlowShape<TIn, TOut> Shape => new(_in, _out);

    public override ILogicAndMaterializedValue<Handle> CreateLogicAndMaterializedValue(Attributes inheritedAttributes)
    {
        var handle = new Handle();
        return new LogicAndMaterializedValue<Handle>(new Logic(this, handle, onSend), handle);
    }

    public sealed class Handle
    {
        private readonly Channel<TIn> _received = Channel.CreateUnbounded<TIn>();

        public ChannelReader<TIn> Received => _received.Reader;

        internal ChannelWriter<TIn> Writer => _received.Writer;

        internal Action<Action> OnGraph { get; set; } = _ => { };

        internal Action<TOut> Emit { get; set; } = _ => { };

        internal Action CompleteOut { get; set; } = () => { };

        public TaskCompletionSource<Exception?> Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Send(TOut part) => OnGraph(() => Emit(part));

        public void Finish() => OnGraph(CompleteOut);

        /// <summary>Runs on the graph's thread; completes when it has, and all that was sent before it.</summary>
        public async Task Do(Action action)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            OnGraph(() =>
            {
                try
                {
                    action();
                    done.SetResult();
                }
                catch (Exception e)
                {
                    done.SetException(e);
                }
            });
            await done.Task.WaitAsync(TimeSpan.FromSeconds(10));
        }
    }

    private sealed class Logic : GraphStageLogic
    {
        private readonly ProbeEdge<TIn, TOut> _stage;
        private readonly Handle _handle;
        private readonly Queue<TOut> _queue = new();
        private Exception? _failure;

        public Logic(ProbeEdge<TIn, TOut> stage, Handle handle, Action<TOut>? onSend)
            : base(stage.Shape)
        {
            _stage = stage;
            _handle = handle;
            SetHandler(stage._in, OnPart, () => handle.Writer.TryComplete(), e => Fail(e));
            SetHandler(stage._out, OnPull, e => _failure = e);
            handle.OnGraph = GetAsyncCallback<Action>(action => action());
            handle.CompleteOut = () => Complete(stage._out);
            handle.Emit = part =>
            {
                onSend?.Invoke(part);
                if (_queue.Count == 0 && IsAvailable(stage._out)) Push(stage._out, part);
                else _queue.Enqueue(part);
            };
        }

        public override void PreStart() => Pull(_stage._in);

        public override void PostStop()
        {
            _handle.Writer.TryComplete();
            _handle.Stopped.TrySetResult(_failure);
        }

        private void OnPart()
        {
            _handle.Writer.TryWrite(Grab(_stage._in));
            Pull(_stage._in);
        }

        private void OnPull()
        {
            if (_queue.TryDequeue(out var part)) Push(_stage._out, part);
        }

        private void Fail(Exception e)
        {
            _failure = e;
            FailStage(e);
        }
    }
}
