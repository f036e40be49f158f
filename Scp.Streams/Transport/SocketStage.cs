using Akka.Streams;
using Akka.Streams.Stage;
using Scp.Streams.Connections;
using Scp.Streams.Http1;
using Scp.Streams.Messages;

namespace Scp.Streams.Transport;

/// <summary>
/// The downstream edge of the pipeline: a client connection and the codec that speaks on it. Bytes become request parts, response parts
/// become bytes. The stage only wires: completions come back through cached callbacks, parts leave when they are pulled.
/// </summary>
/// <remarks>
/// The connection is an attribute (<see cref="ClientConnection"/>) given at materialisation, so the blueprint is fused once for all.
/// Response parts are always pulled: what may be under way is bounded by the credit of each exchange, not by this stage.
/// </remarks>
public sealed class SocketStage : GraphStage<FlowShape<ResponsePart, RequestPart>>
{
    private readonly Inlet<ResponsePart> _in = new("Socket.responses");
    private readonly Outlet<RequestPart> _out = new("Socket.requests");

    public SocketStage() => Shape = new FlowShape<ResponsePart, RequestPart>(_in, _out);

    public override FlowShape<ResponsePart, RequestPart> Shape { get; }

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, inheritedAttributes.GetAttribute<ClientConnection>(null!)
            ?? throw new InvalidOperationException("A connection graph was materialised without its ClientConnection attribute."));

    private sealed class Logic : InAndOutGraphStageLogic, ICodecHost, IBytePortOwner
    {
        private readonly SocketStage _stage;
        private readonly ClientConnection _connection;
        private PartQueue<RequestPart> _queue;
        private readonly Action<object> _event;
        private readonly BytePort _port;
        private readonly Http1ServerCodec _codec;

        public Logic(SocketStage stage, ClientConnection connection)
            : base(stage.Shape)
        {
            _stage = stage;
            _connection = connection;
            _event = GetAsyncCallback<object>(OnEvent); // one for all kinds: each callback costs a connection 300 bytes
            _port = new BytePort(connection.Transport, this);
            _codec = new Http1ServerCodec(connection, _port, this);
            SetHandler(stage._in, this);
            SetHandler(stage._out, this);
        }

        public override void PreStart()
        {
            Pull(_stage._in);
            _connection.Attach(_event);
            _codec.Start();
        }

        public override void OnPush()
        {
            var part = Grab(_stage._in);
            Pull(_stage._in);
            _codec.OnResponsePart(part);
        }

        public override void OnPull()
        {
            // A pull may still be on its way when the connection has ended.
            if (!IsClosed(_stage._out) && _queue.TryDequeue(out var part)) Push(_stage._out, part);
        }

        public override void OnUpstreamFinish() => CompleteStage();

        public override void OnDownstreamFinish(Exception cause) => CompleteStage();

        public override void PostStop()
        {
            _codec.Stop();
            while (_queue.TryDequeue(out var part)) part.ReleaseContent();
            _connection.NotifyClosed();
        }

        public void Emit(RequestPart part)
        {
            if (_queue.Count == 0 && IsAvailable(_stage._out)) Push(_stage._out, part);
            else _queue.Enqueue(part);
        }

        /// <summary>
        /// In a turn of its own: the codec also runs in turns of other stages, when they grant credit, and the interpreter stops only
        /// the stage whose turn it is.
        /// </summary>
        public void Finish() => _event(Commands.Finish);

        public void PumpLater() => _event(Commands.Pump);

        public void FlushLater() => _event(Commands.Flush);

        void IBytePortOwner.ReceiveCompleted(BytePort port) => _event(port);

        void IBytePortOwner.SendCompleted(BytePort port) => _event(port.Sent);

        private void OnEvent(object happened)
        {
            switch (happened)
            {
                case BytePort port: _codec.OnReceived(port.CollectReceived()); break;
                case BytePort.SendCompletion sent: _codec.OnSent(sent.Port.CollectSent()); break;
                case ConnectionCommand.Tick: _connection.Deadlines.Tick(_connection.Clock.Now); break;
                case ConnectionCommand.CloseWhenIdle: _codec.CloseWhenIdle(); break;
                case ConnectionCommand.Abort: _codec.Abort(); break;
                case var finish when ReferenceEquals(finish, Commands.Finish): CompleteStage(); break;
                case var flush when ReferenceEquals(flush, Commands.Flush): _codec.FlushDue(); break;
                default: _codec.PumpAgain(); break;
            }
        }
    }

    private static class Commands
    {
        public static readonly object Pump = new();
        public static readonly object Flush = new();
        public static readonly object Finish = new();
    }
}
