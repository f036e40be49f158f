using Akka.Streams;
using Akka.Streams.Stage;
using Scp.Streams.Connections;
using Scp.Streams.Dispatch;
using Scp.Streams.Errors;
using Scp.Streams.Messages;
using Scp.Streams.Telemetry;
using Scp.Streams.Transport;

namespace Scp.Streams.Gateway;

/// <summary>
/// What makes a proxy of a pipeline (RFC 9110 section 7.6): finds the route, applies the rules for forwarding to both heads, answers what
/// the proxy itself must answer (no route, redirects, refusals), and turns failures into error responses while that is still possible.
/// </summary>
public sealed class GatewayStage : GraphStage<BidiShape<RequestPart, RequestPart, ResponsePart, ResponsePart>>
{
    private readonly Inlet<RequestPart> _requestIn = new("Gateway.requestIn");
    private readonly Outlet<RequestPart> _requestOut = new("Gateway.requestOut");
    private readonly Inlet<ResponsePart> _responseIn = new("Gateway.responseIn");
    private readonly Outlet<ResponsePart> _responseOut = new("Gateway.responseOut");

    public GatewayStage() =>
        Shape = new BidiShape<RequestPart, RequestPart, ResponsePart, ResponsePart>(_requestIn, _requestOut, _responseIn, _responseOut);

    public override BidiShape<RequestPart, RequestPart, ResponsePart, ResponsePart> Shape { get; }

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, inheritedAttributes.GetAttribute<ClientConnection>(null!)
            ?? throw new InvalidOperationException("A connection graph was materialised without its ClientConnection attribute."));

    private sealed class Logic : GraphStageLogic
    {
        private readonly GatewayStage _stage;
        private readonly ClientConnection _connection;
        private PartQueue<RequestPart> _requests;
        private PartQueue<ResponsePart> _responses;

        public Logic(GatewayStage stage, ClientConnection connection)
            : base(stage.Shape)
        {
            _stage = stage;
            _connection = connection;
            var requests = new RequestSide(this);
            var responses = new ResponseSide(this);
            SetHandler(stage._requestIn, requests);
            SetHandler(stage._requestOut, requests);
            SetHandler(stage._responseIn, responses);
            SetHandler(stage._responseOut, responses);
        }

        public override void PreStart()
        {
            Pull(_stage._requestIn);
            Pull(_stage._responseIn);
        }

        public override void PostStop()
        {
            while (_requests.TryDequeue(out var part)) part.ReleaseContent();
            while (_responses.TryDequeue(out var part)) part.ReleaseContent();
        }

        private void OnRequest()
        {
            var part = Grab(_stage._requestIn);
            Pull(_stage._requestIn);
            switch (part)
            {
                case RequestHead head: OnRequestHead(head); break;
                case RequestRejected rejected: OnRejected(rejected); break;
                default: OnRequestRest(part); break;
            }
        }

        private void OnRequestHead(RequestHead head)
        {
            var response = GatewayDecision.Answer(head);
            _connection.Tracing?.Started(head.Exchange);
            if (response is null)
            {
                Trace(head);
                head.Exchange.GatewayPhase = GatewayPhase.Forwarded;
                Emit(ref _requests, _stage._requestOut, head);
                return;
            }

            Consume(head.Exchange, head.Content);
            Respond(response);
        }

        /// <summary>The origin's spans become children of ours.</summary>
        private static void Trace(RequestHead head)
        {
            if (head.Exchange.Record.Span is null) return;
            Span<byte> traceParent = stackalloc byte[RequestTracing.TraceParentLength];
            if (!RequestTracing.TryWriteTraceParent(head.Exchange, traceParent)) return;
            head.Fields.Remove(KnownField.TraceParent);
            head.Fields.Add(KnownField.TraceParent, traceParent);
        }

        private void OnRequestRest(RequestPart part)
        {
            if (part.Exchange.GatewayPhase is GatewayPhase.Forwarded or GatewayPhase.Responding)
            {
                Emit(ref _requests, _stage._requestOut, part);
                return;
            }

            if (part is RequestContent content) Consume(part.Exchange, content.Content);
            else if (part is RequestEnd { Trailers: { } trailers }) trailers.Release();
        }

        /// <summary>
        /// The request will not be completed: the origin's side must let go of it, the client gets an answer if it still can.
        /// </summary>
        private void OnRejected(RequestRejected rejected)
        {
            var exchange = rejected.Exchange;
            var phase = exchange.GatewayPhase;
            if (phase is GatewayPhase.Forwarded or GatewayPhase.Responding) Emit(ref _requests, _stage._requestOut, rejected);
            if (phase is GatewayPhase.New or GatewayPhase.Forwarded) Fail(exchange, rejected.Error);
        }

        private void OnResponse()
        {
            var part = Grab(_stage._responseIn);
            Pull(_stage._responseIn);
            var exchange = part.Exchange;
            if (exchange.GatewayPhase is GatewayPhase.Answered or GatewayPhase.Ended)
            {
                part.ReleaseContent();
                return;
            }

            switch (part)
            {
                case ResponseHead head:
                    exchange.Snapshot.Forwarding.PrepareResponse(head, exchange.Request);
                    if (!head.IsInterim) exchange.GatewayPhase = GatewayPhase.Responding;
                    break;
                case ResponseFailed failed when exchange.GatewayPhase == GatewayPhase.Forwarded:
                    Fail(exchange, failed.Error);
                    return;
                case ResponseFailed failed:
                    exchange.Record.Error = failed.Error;
                    exchange.GatewayPhase = GatewayPhase.Ended;
                    break;
            }

            Emit(ref _responses, _stage._responseOut, part);
        }

        private void Fail(Exchange exchange, ProxyError error)
        {
            exchange.Record.Error = error;
            var response = new ResponseHead(exchange);
            if (ErrorResponse.Fill(response, error, exchange.Snapshot.Forwarding))
            {
                Respond(response);
                return;
            }

            exchange.GatewayPhase = GatewayPhase.Ended;
            Emit(ref _responses, _stage._responseOut, new ResponseFailed(exchange, error));
        }

        private void Respond(ResponseHead response)
        {
            var exchange = response.Exchange;
            exchange.GatewayPhase = GatewayPhase.Answered;
            exchange.TakeResponseCredit(response.Content.Length);
            Emit(ref _responses, _stage._responseOut, response);
        }

        private static void Consume(Exchange exchange, ContentSlice content)
        {
            if (content.IsEmpty) return;
            content.Release();
            exchange.GrantRequestCredit(content.Length);
        }

        private void Emit<T>(ref PartQueue<T> queue, Outlet<T> outlet, T part)
            where T : class
        {
            if (queue.Count == 0 && IsAvailable(outlet)) Push(outlet, part);
            else queue.Enqueue(part);
        }

        private void Drain<T>(ref PartQueue<T> queue, Outlet<T> outlet)
            where T : class
        {
            if (!IsClosed(outlet) && queue.TryDequeue(out var part)) Push(outlet, part);
        }

        /// <summary>Towards the origin. When the client's side ends, what is queued still goes.</summary>
        private sealed class RequestSide(Logic logic) : InAndOutHandler
        {
            public override void OnPush() => logic.OnRequest();

            public override void OnUpstreamFinish() => logic.Complete(logic._stage._requestOut);

            public override void OnPull() => logic.Drain(ref logic._requests, logic._stage._requestOut);

            public override void OnDownstreamFinish(Exception cause) => logic.CompleteStage();
        }

        /// <summary>Towards the client.</summary>
        private sealed class ResponseSide(Logic logic) : InAndOutHandler
        {
            public override void OnPush() => logic.OnResponse();

            public override void OnUpstreamFinish() => logic.CompleteStage();

            public override void OnPull() => logic.Drain(ref logic._responses, logic._stage._responseOut);

            public override void OnDownstreamFinish(Exception cause) => logic.CompleteStage();
        }
    }
}
