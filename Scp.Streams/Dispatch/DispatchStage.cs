using Akka.Streams;
using Akka.Streams.Stage;
using Scp.Streams.Connections;
using Scp.Streams.Dispatch.Mirroring;
using Scp.Streams.Dispatch.Overload;
using Scp.Streams.Limits;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Dispatch;

/// <summary>
/// The upstream edge of the pipeline: every exchange that reaches it gets an <see cref="UpstreamExchange"/>. The stage only wires sockets,
/// parts and deadlines to them. Requests are always pulled: what may be under way is bounded by the credit of each exchange.
/// </summary>
public sealed class DispatchStage : GraphStage<FlowShape<RequestPart, ResponsePart>>
{
    private readonly Inlet<RequestPart> _in = new("Dispatch.requests");
    private readonly Outlet<ResponsePart> _out = new("Dispatch.responses");

    public DispatchStage() => Shape = new FlowShape<RequestPart, ResponsePart>(_in, _out);

    public override FlowShape<RequestPart, ResponsePart> Shape { get; }

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, inheritedAttributes.GetAttribute<ClientConnection>(null!)
            ?? throw new InvalidOperationException("A connection graph was materialised without its ClientConnection attribute."));

    private sealed class Logic : InAndOutGraphStageLogic, IDispatchHost, IDeadlineOwner
    {
        private readonly DispatchStage _stage;
        private PartQueue<ResponsePart> _queue;
        private readonly List<UpstreamExchange> _active = [];
        private readonly Action<object> _event;
        private OpenCopies? _copies;

        public Logic(DispatchStage stage, ClientConnection connection)
            : base(stage.Shape)
        {
            _stage = stage;
            Connection = connection;
            _event = GetAsyncCallback<object>(OnEvent); // one for all kinds: each callback costs a connection 300 bytes
            SetHandler(stage._in, this);
            SetHandler(stage._out, this);
        }

        public ClientConnection Connection { get; }

        public override void PreStart()
        {
            Connection.Deadlines.Register(this);
            Pull(_stage._in);
        }

        public override void OnPush()
        {
            var part = Grab(_stage._in);
            Pull(_stage._in);
            var exchange = part.Exchange;
            _copies?.Add(part);
            if (part is RequestHead head)
            {
                if (exchange.Route!.Mirror?.Begin(head, Connection) is { } copy) (_copies ??= new OpenCopies()).Keep(copy);
                var upstream = new UpstreamExchange(this, exchange, exchange.Route!.Pool!.Current);
                exchange.DispatchState = upstream;
                _active.Add(upstream);
                upstream.Start(head);
            }
            else if (exchange.DispatchState is not UpstreamExchange upstream) part.ReleaseContent();
            else if (part is RequestRejected rejected)
            {
                if (upstream.IsDone) return;
                upstream.Cancel();
                Emit(new ResponseFailed(exchange, rejected.Error)); // the layers between learn that nothing more comes
            }
            else upstream.OnRequestPart(part);
        }

        public override void OnPull()
        {
            if (!IsClosed(_stage._out) && _queue.TryDequeue(out var part)) Push(_stage._out, part);
        }

        public override void OnUpstreamFinish() => CompleteStage();

        public override void OnDownstreamFinish(Exception cause) => CompleteStage();

        public override void PostStop()
        {
            _copies?.Drop();
            for (var i = _active.Count - 1; i >= 0; i--) _active[i].Stop();
            while (_queue.TryDequeue(out var part)) part.ReleaseContent();
        }

        public long OnTick(long now)
        {
            var next = Clock.Never;
            for (var i = _active.Count - 1; i >= 0; i--)
                if (i < _active.Count) next = Math.Min(next, _active[i].OnTick(now));
            return next;
        }

        public void Emit(ResponsePart part)
        {
            if (_queue.Count == 0 && IsAvailable(_stage._out)) Push(_stage._out, part);
            else _queue.Enqueue(part);
        }

        public void DeliverConnect(PendingConnect pending) => _event(pending);

        public void DeliverTurn(QueuedRequest queued) => _event(queued);

        public void PumpLater(UpstreamAttempt attempt) => _event(attempt);

        public void DeliverWake(WakeTimer timer) => _event(timer);

        public void Done(UpstreamExchange exchange) => _active.Remove(exchange);

        void IBytePortOwner.ReceiveCompleted(BytePort port) => _event(port);

        void IBytePortOwner.SendCompleted(BytePort port) => _event(port.Sent);

        private void OnReceived(BytePort port)
        {
            var owner = port.Owner;
            if (ReferenceEquals(owner, this)) (port.Tag as UpstreamAttempt)?.OnReceived(port.CollectReceived());
            else if (owner is UpstreamConnection idle) idle.DieOrForward(port); // it was parked while this was on its way
            else owner.ReceiveCompleted(port); // and leased again by another connection
        }

        private void OnSent(BytePort port)
        {
            if (ReferenceEquals(port.Owner, this)) (port.Tag as UpstreamAttempt)?.OnSent(port.CollectSent());
        }

        private void OnEvent(object happened)
        {
            switch (happened)
            {
                case BytePort port: OnReceived(port); break;
                case BytePort.SendCompletion sent: OnSent(sent.Port); break;
                case UpstreamAttempt attempt: attempt.PumpAgain(); break;
                case PendingConnect pending: pending.Attempt.OnConnected(pending); break;
                case QueuedRequest queued: queued.Exchange!.OnTurn(queued); break;
                case WakeTimer timer: timer.Exchange.OnWake(); break;
            }
        }
    }
}
