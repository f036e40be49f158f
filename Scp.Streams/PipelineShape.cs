namespace Scp.Streams;

/// <summary>Which optional layers a pipeline has. A layer that is switched off is not in the graph at all.</summary>
/// <param name="DownstreamFilters">A filter chain that sees every exchange.</param>
/// <param name="UpstreamFilters">A filter chain that sees only what is forwarded.</param>
public readonly record struct PipelineShape(bool DownstreamFilters, bool UpstreamFilters)
{
    public static readonly PipelineShape Plain = new(false, false);
}
