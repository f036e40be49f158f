using Scp.Streams.Errors;
using Scp.Streams.Messages;

namespace Scp.Streams.Filters;

/// <summary>What a chain needs of the stage around it. All but <see cref="ResumeLater"/> is called on the graph's thread.</summary>
internal interface IFilterChainPorts : IExchangeEdge
{
    void ToUpstream(RequestPart part);

    void ToDownstream(ResponsePart part);

    /// <summary>
    /// From any thread: has <see cref="FilterLane.Resume"/> called on the graph's thread, or never if the stage has stopped.
    /// </summary>
    void ResumeLater(FilterLane lane);

    void Report(HttpFilter filter, Exception exception);
}

/// <summary>
/// One exchange in one filter chain: what the verdicts of the filters do to it. Pure; the stage around it only moves parts.
/// </summary>
internal sealed class FilterExchange
{
    private readonly IFilterChainPorts _ports;
    private readonly FilterLane _requestLane;
    private FilterLane _responseLane;
    private ResponseHead? _localResponse;
    private LocalContent _localContent;
    private bool _headWentUp;
    private bool _requestEndWentUp;
    private bool _rejectedUpstream;
    private bool _requestOver;
    private bool _answered;
    private bool _originResponseOver;
    private bool _responseStarted;
    private bool _responseOver;
    private bool _terminalPassed;

    public FilterExchange(Exchange exchange, FilterPosition position, IReadOnlyList<HttpFilter> filters, IFilterChainPorts ports)
    {
        Exchange = exchange;
        Position = position;
        Filters = filters;
        States = new object?[filters.Count];
        _ports = ports;
        _requestLane = new FilterLane(this, FilterDirection.Request, first: 0);
        _responseLane = new FilterLane(this, FilterDirection.Response, first: filters.Count - 1);
    }

    public Exchange Exchange { get; }

    public FilterPosition Position { get; }

    public IReadOnlyList<HttpFilter> Filters { get; }

    public object?[] States { get; }

    public ResponseHead LocalResponse => _localResponse ??= new ResponseHead(Exchange);

    /// <summary>The bytes that follow belong to another protocol.</summary>
    public bool IsTunnel { get; private set; }

    /// <summary>Both directions have ended and every filter was told.</summary>
    public bool IsCompleted { get; private set; }

    /// <summary>Something may still come of it without a part coming in.</summary>
    public bool HasWorkLeft => _requestLane.IsWaiting || _responseLane.IsWaiting || !_localContent.IsEmpty;

    /// <summary>Its request direction waits for a filter.</summary>
    public bool RequestWaits => _requestLane.IsWaiting;

    public void AcceptRequest(RequestPart part)
    {
        if (part is RequestRejected rejected) Reject(rejected);
        else
        {
            _requestOver |= Parts.IsLast(part);
            _requestLane.Accept(part);
        }

        CompleteIfOver();
    }

    public void AcceptResponse(ResponsePart part)
    {
        if (part is ResponseFailed failed) Fail(failed);
        else
        {
            _originResponseOver |= Parts.IsLast(part);
            if (_answered) Grant(FilterDirection.Response, Parts.Release(part));
            else _responseLane.Accept(part);
        }

        CompleteIfOver();
    }

    public void Resume(FilterLane lane)
    {
        lane.Resume();
        CompleteIfOver();
    }

    /// <summary>The client took some of a local response.</summary>
    public void OnCredit()
    {
        EmitLocalContent();
        CompleteIfOver();
    }

    /// <summary>The connection is over: gives everything back.</summary>
    public void Stop()
    {
        _requestLane.Close(grantsCredit: false);
        _responseLane.Close(grantsCredit: false);
        _localContent.Release();
        _requestOver = _responseOver = true;
        CompleteIfOver();
    }

    public void Grant(FilterDirection direction, int bytes)
    {
        if (direction == FilterDirection.Request) Exchange.GrantRequestCredit(bytes);
        else Exchange.GrantResponseCredit(bytes);
    }

    public void ResumeLater(FilterLane lane) => _ports.ResumeLater(lane);

    public void Report(HttpFilter filter, Exception exception) => _ports.Report(filter, exception);

    /// <summary>A filter does not let the exchange pass.</summary>
    public void Decide(FilterVerdict verdict, int index, ProxyError error)
    {
        if (verdict == FilterVerdict.Respond && !_responseStarted && !_answered) Answer(index);
        else Cut(error);
    }

    /// <summary>A part has passed all filters.</summary>
    public void Emit(FilterLane lane, object part)
    {
        var content = lane.Content;
        var surplus = content.Length - content.ReceivedLength;
        if (part is RequestPart request)
        {
            if (surplus > 0) Exchange.OverdrawRequestCredit(surplus);
            EmitRequest(request, content);
        }
        else if (part == _localResponse)
        {
            EmitLocal(_localResponse, content.Take());
            return;
        }
        else
        {
            if (surplus > 0) Exchange.OverdrawResponseCredit(surplus);
            EmitResponse((ResponsePart)part, content);
        }

        if (surplus < 0) Grant(lane.Direction, -surplus);
    }

    private void EmitRequest(RequestPart part, FilterContent content)
    {
        _requestEndWentUp |= Parts.IsLast(part);
        switch (part)
        {
            case RequestHead head:
                _headWentUp = true;
                head.Content = content.Take();
                _ports.ToUpstream(head);
                break;
            case RequestContent when !content.IsReplaced:
                _ports.ToUpstream(part);
                break;
            case RequestContent when content.Length > 0 || content.EndsMessage:
                _ports.ToUpstream(new RequestContent(Exchange, content.Take(), content.EndsMessage));
                break;
            case RequestEnd:
                if (content.Length > 0) _ports.ToUpstream(new RequestContent(Exchange, content.Take(), endsMessage: false));
                _ports.ToUpstream(part);
                break;
        }
    }

    private void EmitResponse(ResponsePart part, FilterContent content)
    {
        switch (part)
        {
            case ResponseHead { IsInterim: true }:
                _ports.ToDownstream(part);
                return;
            case ResponseHead head:
                _responseStarted = true;
                IsTunnel = head.Status == 101 || (Exchange.Request.Method == Method.Connect && head.Status is >= 200 and < 300);
                head.Content = content.Take();
                _ports.ToDownstream(head);
                break;
            case ResponseContent when !content.IsReplaced:
                _ports.ToDownstream(part);
                break;
            case ResponseContent when content.Length > 0 || content.EndsMessage:
                _ports.ToDownstream(new ResponseContent(Exchange, content.Take(), content.EndsMessage));
                break;
            case ResponseEnd:
                if (content.Length > 0) _ports.ToDownstream(new ResponseContent(Exchange, content.Take(), endsMessage: false));
                _ports.ToDownstream(part);
                break;
        }

        if (Parts.IsLast(part)) _responseOver = _terminalPassed = true;
    }

    /// <summary>The chain becomes the response edge; the rest of the request is read and thrown away.</summary>
    private void Answer(int index)
    {
        _answered = true;
        RejectUpstream(ProxyError.FilterDenied);
        Exchange.Upstream = _ports;
        _requestLane.Close(grantsCredit: true);
        _responseLane.Close(grantsCredit: true);
        _responseLane = new FilterLane(this, FilterDirection.Response, first: index - 1);
        var response = LocalResponse;
        response.EndsMessage = true;
        _responseLane.Accept(response);
    }

    private void EmitLocal(ResponseHead head, ContentSlice content)
    {
        _responseStarted = true;
        LocalContent.Frame(head, ref content);
        _localContent = new LocalContent(content);
        head.Content = _localContent.Next(Exchange);
        head.EndsMessage = _localContent.IsEmpty;
        _responseOver = _terminalPassed = head.EndsMessage;
        _ports.ToDownstream(head);
    }

    private void EmitLocalContent()
    {
        if (_localContent.IsEmpty || Exchange.ResponseCredit == 0) return;
        var content = _localContent.Next(Exchange);
        _responseOver = _terminalPassed = _localContent.IsEmpty;
        _ports.ToDownstream(new ResponseContent(Exchange, content, endsMessage: _responseOver));
    }

    private void Cut(ProxyError error)
    {
        RejectUpstream(error);
        _requestLane.Close(grantsCredit: true);
        _responseLane.Close(grantsCredit: false);
        _localContent.Release();
        PassFailure(new ResponseFailed(Exchange, error));
    }

    /// <summary>The client's side gave up. What waits in the filters will not be needed.</summary>
    private void Reject(RequestRejected part)
    {
        _requestOver = true;
        _requestLane.Close(grantsCredit: false);
        if (!_answered && !_rejectedUpstream) _ports.ToUpstream(part);
        _rejectedUpstream = true;
        if (part.Error is not (ProxyError.ClientDisconnected or ProxyError.ResponseWriteTimeout)) return;

        // Nobody reads the response any more.
        _responseLane.Close(grantsCredit: false);
        _localContent.Release();
        _responseOver = true;
    }

    private void Fail(ResponseFailed part)
    {
        _originResponseOver = true;
        if (_answered) return;
        _responseLane.Close(grantsCredit: false);
        PassFailure(part);
    }

    private void PassFailure(ResponseFailed part)
    {
        if (!_terminalPassed) _ports.ToDownstream(part);
        _responseOver = _terminalPassed = true;
    }

    private void RejectUpstream(ProxyError error)
    {
        if (!_headWentUp || _rejectedUpstream || (_requestEndWentUp && _originResponseOver)) return;
        _rejectedUpstream = true;
        _ports.ToUpstream(new RequestRejected(Exchange, error));
    }

    private void CompleteIfOver()
    {
        if (IsCompleted || !_requestOver || !_responseOver || HasWorkLeft) return;
        IsCompleted = true;
        for (var i = 0; i < Filters.Count; i++)
        {
            if ((Filters[i].Hooks & FilterHooks.ExchangeCompleted) == 0) continue;
            try
            {
                Filters[i].OnExchangeCompleted(new FilterContext(this, i));
            }
            catch (Exception e)
            {
                Report(Filters[i], e);
            }
        }
    }
}
