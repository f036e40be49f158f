using Akka.Streams;
using Akka.Streams.Stage;
using Scp.Streams.Messages;

namespace Scp.Tests.Support;

/// <summary>
/// An origin that echoes every exchange at once, within the credit of each response. For an exchange that it stalls it takes what comes and
/// grants nothing.
/// </summary>
public sealed class SyntheticDispatch(Func<Exchange, bool> stalls) : GraphStage<FlowShape<RequestPart, ResponsePart>>
{
    private readonly Inlet<RequestPart> _in = new("Dispatch.In");
    private readonly Outlet<ResponsePart> _out = new("Dispatch.Out");

    public override FlowShape<RequestPart, ResponsePart> Shape => new(_in, _out);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, stalls);

    private sealed class Echo
    {
        public readonly Queue<ContentSlice> Content = new();
        public bool IsStalled;
        public bool RequestEnded;
    }

    private sealed class Logic : GraphStageLogic, IExchangeEdge
    {
        private readonly SyntheticDispatch _stage;
        private readonly Func<Exchange, bool> _stalls;
        private readonly Queue<ResponsePart> _queue = new();

        public Logic(SyntheticDispatch stage, Func<Exchange, bool> stalls)
            : base(stage.Shape)
        {
            _stage = stage;
            _stalls = stalls;
            SetHandler(stage._in, Receive);
            SetHandler(stage._out, () =>
            {
                if (_queue.TryDequeue(out var part)) Push(stage._out, part);
            });
        }

        public override void PreStart() => Pull(_stage._in);

        public void OnCredit(Exchange exchange) => Flush(exchange, (Echo)exchange.DispatchState!);

        private void Receive()
        {
            var part = Grab(_stage._in);
            Pull(_stage._in);
            var exchange = part.Exchange;
            if (part is RequestHead)
            {
                exchange.Upstream = this;
                exchange.DispatchState = new Echo { IsStalled = _stalls(exchange) };
                Emit(new ResponseHead(exchange) { Status = 200, Framing = BodyFraming.Chunked });
            }

            var echo = (Echo)exchange.DispatchState!;
            if (PartText.ContentOf(part) is { IsEmpty: false } content) echo.Content.Enqueue(content);
            echo.RequestEnded |= part is RequestEnd or RequestContent { EndsMessage: true };
            if (!echo.IsStalled) Flush(exchange, echo);
        }

        private void Flush(Exchange exchange, Echo echo)
        {
            while (echo.Content.TryPeek(out var content) && exchange.ResponseCredit >= content.Length)
            {
                echo.Content.Dequeue();
                exchange.TakeResponseCredit(content.Length);
                Emit(new ResponseContent(exchange, content, endsMessage: false));
                exchange.GrantRequestCredit(content.Length);
            }

            if (!echo.RequestEnded || echo.Content.Count > 0) return;
            echo.RequestEnded = false;
            Emit(new ResponseEnd(exchange));
        }

        private void Emit(ResponsePart part)
        {
            if (_queue.Count == 0 && IsAvailable(_stage._out)) Push(_stage._out, part);
            else _queue.Enqueue(part);
        }
    }
}
