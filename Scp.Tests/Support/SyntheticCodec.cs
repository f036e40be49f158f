using Akka.Streams;
using Akka.Streams.Stage;
using Scp.Streams.Dispatch;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Tests.Support;

/// <summary>What one client of a <see cref="SyntheticCodec"/> does, and what came of it.</summary>
public sealed class SyntheticClient
{
    public required byte[] Content { get; init; }

    public int PieceSize { get; init; } = 4096;

    /// <summary>False: takes nothing of its response, so grants nothing.</summary>
    public bool Reads { get; init; } = true;

    public List<byte> Received { get; } = [];

    /// <summary>Bytes of the request that the codec has emitted.</summary>
    public int Sent { get; set; }

    public Exchange? Exchange { get; set; }

    public TaskCompletionSource<string> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>
/// A codec that keeps all its exchanges going at once, as HTTP/2 does: one piece of each in turn, within the credit of each. Checks that
/// it never runs out of turn because of another exchange.
/// </summary>
public sealed class SyntheticCodec(IReadOnlyList<SyntheticClient> clients, Route route, BufferPool pool)
    : GraphStage<FlowShape<ResponsePart, RequestPart>>
{
    private readonly Inlet<ResponsePart> _in = new("Codec.In");
    private readonly Outlet<RequestPart> _out = new("Codec.Out");

    public override FlowShape<ResponsePart, RequestPart> Shape => new(_in, _out);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, clients, route, pool);

    private sealed class Logic : GraphStageLogic, IExchangeEdge
    {
        private readonly SyntheticCodec _stage;
        private readonly IReadOnlyList<SyntheticClient> _clients;
        private readonly BufferPool _pool;
        private int _turn;

        public Logic(SyntheticCodec stage, IReadOnlyList<SyntheticClient> clients, Route route, BufferPool pool)
            : base(stage.Shape)
        {
            _stage = stage;
            _clients = clients;
            _pool = pool;
            var connection = Heads.Connection();
            foreach (var client in clients)
            {
                client.Exchange = new Exchange(connection, this) { Route = route, CodecState = client };
                Heads.Fill(client.Exchange.Request, "POST", "/", "example.com");
                client.Exchange.Request.EndsMessage = false;
                client.Sent = -1;
            }

            SetHandler(stage._in, Receive);
            SetHandler(stage._out, Emit);
        }

        public override void PreStart() => Pull(_stage._in);

        public void OnCredit(Exchange exchange)
        {
            if (IsAvailable(_stage._out)) Emit();
        }

        private void Emit()
        {
            for (var tried = 0; tried < _clients.Count; tried++)
            {
                var client = _clients[_turn++ % _clients.Count];
                var exchange = client.Exchange!;
                if (client.Sent < 0)
                {
                    client.Sent = 0;
                    Push(_stage._out, exchange.Request);
                    return;
                }

                var length = Math.Min(client.PieceSize, Math.Min(exchange.RequestCredit, client.Content.Length - client.Sent));
                if (length == 0) continue;
                exchange.TakeRequestCredit(length);
                var buffer = _pool.Rent(length);
                client.Content.AsSpan(client.Sent, length).CopyTo(buffer.Span);
                client.Sent += length;
                Push(_stage._out, new RequestContent(exchange, new ContentSlice(buffer, 0, length), client.Sent == client.Content.Length));
                return;
            }
        }

        private void Receive()
        {
            var part = Grab(_stage._in);
            var client = (SyntheticClient)part.Exchange.CodecState!;
            var content = PartText.ContentOf(part);
            if (client.Reads)
            {
                client.Received.AddRange(content.Span);
                content.Release();
                part.Exchange.GrantResponseCredit(content.Length);
            }

            if (part is ResponseFailed failed) client.Done.TrySetResult($"failed {failed.Error}");
            else if (part is ResponseEnd or ResponseContent { EndsMessage: true }) client.Done.TrySetResult("ended");
            Pull(_stage._in);
        }
    }
}
