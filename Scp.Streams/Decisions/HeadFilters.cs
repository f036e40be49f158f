using Scp.Streams.Errors;
using Scp.Streams.Filters;
using Scp.Streams.Messages;

namespace Scp.Streams.Decisions;

/// <summary>Runs the filters of one position over a request head, as the chain in the pipeline does, and keeps what they answer.</summary>
internal static class HeadFilters
{
    /// <summary>The response of a filter that answered or refused; null when the head has passed.</summary>
    public static ResponseHead? Apply(
        IReadOnlyList<HttpFilter>? filters, FilterPosition position, RequestHead head, ref ProxyError error)
    {
        if (filters is null or { Count: 0 }) return null;
        var ports = new Ports();
        new FilterExchange(head.Exchange, position, filters, ports).AcceptRequest(head);
        error = ports.Error;
        return ports.Response;
    }

    /// <summary>Lets nothing out.</summary>
    private sealed class Ports : IFilterChainPorts
    {
        public ResponseHead? Response { get; private set; }

        public ProxyError Error { get; private set; }

        public void ToUpstream(RequestPart part)
        {
        }

        public void ToDownstream(ResponsePart part)
        {
            if (part is ResponseHead { IsInterim: false } head) Response = head;
            else if (part is ResponseFailed failed)
            {
                Error = failed.Error;
                Response = new ResponseHead(failed.Exchange);
                ErrorResponse.Fill(Response, failed.Error, failed.Exchange.Snapshot.Forwarding);
            }
            else part.ReleaseContent();
        }

        public void ResumeLater(FilterLane lane)
        {
        }

        public void Report(HttpFilter filter, Exception exception)
        {
        }

        public void OnCredit(Exchange exchange)
        {
        }
    }
}
