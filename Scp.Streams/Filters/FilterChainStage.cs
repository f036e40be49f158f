using Akka.Event;
using Akka.Streams;
using Akka.Streams.Stage;
using Scp.Streams.Messages;

namespace Scp.Streams.Filters;

/// <summary>
/// Runs the filters of each exchange's route. One stage serves all exchanges of the connection at once: a filter that takes its time holds
/// back its own exchange only, and what waits is bounded by that exchange's credit. An exchange without filters costs one push.
/// </summary>
/// <remarks>
/// <code>
///   codec ── RequestIn ──▶ filters 0..n ── RequestOut ──▶ origin
///   codec ◀─ ResponseOut ─ filters n..0 ◀─ ResponseIn ─── origin
/// </code>
/// The inlets are always pulled: who sends obeys the credit of the exchange, so nothing is ever held back by a pull.
/// </remarks>
public sealed class FilterChainStage : GraphStage<BidiShape<RequestPart, RequestPart, ResponsePart, ResponsePart>>
{
    private readonly FilterPosition _position;

    public FilterChainStage(FilterPosition position)
    {
        _position = position;
        Shape = new BidiShape<RequestPart, RequestPart, ResponsePart, ResponsePart>(RequestIn, RequestOut, ResponseIn, ResponseOut);
    }

    public Inlet<RequestPart> RequestIn { get; } = new("FilterChain.RequestIn");

    public Outlet<RequestPart> RequestOut { get; } = new("FilterChain.RequestOut");

    public Inlet<ResponsePart> ResponseIn { get; } = new("FilterChain.ResponseIn");

    public Outlet<ResponsePart> ResponseOut { get; } = new("FilterChain.ResponseOut");

    public override BidiShape<RequestPart, RequestPart, ResponsePart, ResponsePart> Shape { get; }

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic : GraphStageLogic, IFilterChainPorts
    {
        private readonly FilterChainStage _stage;
        private readonly Queue<RequestPart> _toUpstream = new();
        private readonly Queue<ResponsePart> _toDownstream = new();
        private readonly HashSet<FilterExchange> _running = [];
        private readonly Action<FilterLane> _resume;

        public Logic(FilterChainStage stage)
            : base(stage.Shape)
        {
            _stage = stage;
            _resume = GetAsyncCallback<FilterLane>(Resume);
            SetHandler(stage.RequestIn, OnRequest, FinishIfDone);
            SetHandler(stage.ResponseIn, OnResponse, FinishIfDone);
            SetHandler(stage.RequestOut, PullRequests, CancelRequests);
            SetHandler(stage.ResponseOut, PullResponses, CancelResponses);
        }

        public override void PreStart()
        {
            Pull(_stage.RequestIn);
            Pull(_stage.ResponseIn);
        }

        public override void PostStop()
        {
            foreach (var exchange in _running.ToArray()) exchange.Stop();
            _running.Clear();
            Clear(_toUpstream);
            Clear(_toDownstream);
        }

        public void ToUpstream(RequestPart part)
        {
            if (IsClosed(_stage.RequestOut)) Parts.Release(part);
            else if (_toUpstream.Count == 0 && IsAvailable(_stage.RequestOut)) Push(_stage.RequestOut, part);
            else _toUpstream.Enqueue(part);
        }

        public void ToDownstream(ResponsePart part)
        {
            if (IsClosed(_stage.ResponseOut)) Parts.Release(part);
            else if (_toDownstream.Count == 0 && IsAvailable(_stage.ResponseOut)) Push(_stage.ResponseOut, part);
            else _toDownstream.Enqueue(part);
        }

        public void ResumeLater(FilterLane lane) => _resume(lane);

        public void Report(HttpFilter filter, Exception exception)
        {
            if (filter.CountFailure(out var failures)) Log.Error(exception, "Filter {0} failed for the {1}. time", filter.Name, failures);
        }

        /// <summary>The client took bytes of a response that this chain made.</summary>
        public void OnCredit(Exchange exchange)
        {
            if (StateOf(exchange) is not { } state) return;
            state.OnCredit();
            Settle(state);
        }

        private void OnRequest()
        {
            var part = Grab(_stage.RequestIn);
            var state = StateOf(part.Exchange) ?? (part is RequestHead ? Begin(part.Exchange) : null);
            if (state is null) ToUpstream(part);
            else
            {
                state.AcceptRequest(part);
                Settle(state);
            }

            if (!IsClosed(_stage.RequestIn)) Pull(_stage.RequestIn);
        }

        private void OnResponse()
        {
            var part = Grab(_stage.ResponseIn);
            if (StateOf(part.Exchange) is not { } state) ToDownstream(part);
            else
            {
                state.AcceptResponse(part);
                Settle(state);
            }

            if (!IsClosed(_stage.ResponseIn)) Pull(_stage.ResponseIn);
        }

        private void Resume(FilterLane lane)
        {
            lane.Owner.Resume(lane);
            Settle(lane.Owner);
        }

        private FilterExchange? StateOf(Exchange exchange) => (FilterExchange?)(_stage._position == FilterPosition.Downstream
            ? exchange.DownstreamFilterState
            : exchange.UpstreamFilterState);

        private FilterExchange? Begin(Exchange exchange)
        {
            var isDownstream = _stage._position == FilterPosition.Downstream;
            var filters = isDownstream ? exchange.Route?.DownstreamFilters : exchange.Route?.UpstreamFilters;
            if (filters is null || filters.Count == 0) return null;
            var state = new FilterExchange(exchange, _stage._position, filters, this);
            if (isDownstream) exchange.DownstreamFilterState = state;
            else exchange.UpstreamFilterState = state;
            _running.Add(state);
            return state;
        }

        private void Settle(FilterExchange state)
        {
            if (state.IsCompleted) _running.Remove(state);
            if (IsClosed(_stage.RequestIn) || IsClosed(_stage.ResponseIn)) FinishIfDone();
        }

        private void PullRequests()
        {
            if (_toUpstream.TryDequeue(out var part)) Push(_stage.RequestOut, part);
            if (_toUpstream.Count == 0 && IsClosed(_stage.RequestIn)) FinishIfDone();
        }

        private void PullResponses()
        {
            if (_toDownstream.TryDequeue(out var part)) Push(_stage.ResponseOut, part);
            if (_toDownstream.Count == 0 && IsClosed(_stage.ResponseIn)) FinishIfDone();
        }

        /// <summary>An inlet has finished: its outlet follows when nothing is left for it, neither queued nor in a filter.</summary>
        private void FinishIfDone()
        {
            if (IsClosed(_stage.RequestIn) && _toUpstream.Count == 0 && !_running.Any(e => e.RequestWaits)) Complete(_stage.RequestOut);
            if (IsClosed(_stage.ResponseIn) && _toDownstream.Count == 0 && !_running.Any(e => e.HasWorkLeft)) Complete(_stage.ResponseOut);
        }

        private void CancelRequests(Exception cause)
        {
            Clear(_toUpstream);
            Cancel(_stage.RequestIn, cause);
        }

        private void CancelResponses(Exception cause)
        {
            Clear(_toDownstream);
            Cancel(_stage.ResponseIn, cause);
        }

        private static void Clear<TPart>(Queue<TPart> queue)
            where TPart : class
        {
            while (queue.TryDequeue(out var part)) Parts.Release(part);
        }
    }
}
