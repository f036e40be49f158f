using Scp.Streams.Filters;
using Scp.Streams.Messages;

namespace Scp.Tests.Support;

/// <summary>The surroundings of a filter chain when a test calls it without a graph.</summary>
internal sealed class NoPorts : IFilterChainPorts
{
    public List<RequestPart> Up { get; } = [];

    public List<ResponsePart> Down { get; } = [];

    /// <summary>Lanes whose hook has completed; a test resumes them when it likes.</summary>
    public Queue<FilterLane> Completed { get; } = new();

    public bool Keeps { get; init; } = true;

    public void ToUpstream(RequestPart part)
    {
        if (Keeps) Up.Add(part);
    }

    public void ToDownstream(ResponsePart part)
    {
        if (Keeps) Down.Add(part);
    }

    public void ResumeLater(FilterLane lane) => Completed.Enqueue(lane);

    public void Report(HttpFilter filter, Exception exception) => throw exception;

    public void OnCredit(Exchange exchange) { }
}
