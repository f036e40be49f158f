using Scp.Streams.Balancing;
using Scp.Streams.Dispatch;
using Scp.Streams.Errors;

namespace Scp.Streams.Messages;

/// <summary>
/// One request and its response. Every part carries its exchange, and a stage keeps here what it must remember of it, so the same
/// stages serve interleaved exchanges. Touched on the graph's thread only.
/// </summary>
public sealed class Exchange
{
    private CreditWindow _requestCredit = new();
    private CreditWindow _responseCredit = new();

    public Exchange(ClientConnectionInfo connection, IExchangeEdge downstream)
    {
        Connection = connection;
        Number = connection.CountExchange();
        Downstream = downstream;
        Request = new RequestHead(this);
    }

    public ClientConnectionInfo Connection { get; }

    /// <summary>Counts the exchanges of the connection from 1.</summary>
    public long Number { get; }

    public RequestHead Request { get; }

    /// <summary>The final response head, as soon as it was seen by the downstream edge of the pipeline.</summary>
    public ResponseHead? Response { get; set; }

    /// <summary>The configuration that this exchange is served with, whatever is reloaded meanwhile.</summary>
    public ProxySnapshot Snapshot { get; init; } = null!;

    /// <summary>Why no route was chosen; None when one was.</summary>
    public ProxyError RouteError { get; set; }

    /// <summary>The route that was chosen, null before routing and when none matched.</summary>
    public Route? Route { get; set; }

    /// <summary>What the request asks of its pool. Set before dispatch sees the head; by default it asks for nothing special.</summary>
    public PickRequest Pick { get; set; }

    /// <summary>What is reported of this exchange when it ends: access log, metrics, trace.</summary>
    public ExchangeRecord Record { get; } = new();

    /// <summary>The edge that emits request content (the codec).</summary>
    public IExchangeEdge Downstream { get; }

    /// <summary>The edge that emits response content (dispatch, or a stage that answers locally); null until there is one.</summary>
    public IExchangeEdge? Upstream { get; set; }

    /// <summary>State of the codec, of dispatch and of the two filter chains: one slot for each, its owner alone reads it.</summary>
    public object? CodecState { get; set; }

    public object? DispatchState { get; set; }

    public GatewayPhase GatewayPhase { get; set; }

    public object? DownstreamFilterState { get; set; }

    public object? UpstreamFilterState { get; set; }

    /// <summary>Bytes of request content that the codec may still emit.</summary>
    public int RequestCredit => _requestCredit.Available;

    /// <summary>Bytes of response content that dispatch may still emit.</summary>
    public int ResponseCredit => _responseCredit.Available;

    public void TakeRequestCredit(int bytes) => _requestCredit.Take(bytes);

    public void TakeResponseCredit(int bytes) => _responseCredit.Take(bytes);

    /// <summary>Books request content that a filter added to what the codec emitted.</summary>
    internal void OverdrawRequestCredit(int bytes) => _requestCredit.Overdraw(bytes);

    /// <summary>Books response content that a filter added to what dispatch emitted.</summary>
    internal void OverdrawResponseCredit(int bytes) => _responseCredit.Overdraw(bytes);

    /// <summary>Says that request content was consumed: the codec may emit as much again.</summary>
    public void GrantRequestCredit(int bytes)
    {
        if (bytes == 0) return;
        _requestCredit.Add(bytes);
        Downstream.OnCredit(this);
    }

    /// <summary>Says that response content was consumed: dispatch may emit as much again.</summary>
    public void GrantResponseCredit(int bytes)
    {
        if (bytes == 0) return;
        _responseCredit.Add(bytes);
        Upstream?.OnCredit(this);
    }
}
