using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using Scp.Streams.Dispatch;
using Scp.Streams.Filters;
using Scp.Streams.Gateway;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams;

/// <summary>The pipeline of a client connection, from the client's socket to the backend's: composition and nothing else.</summary>
public static class ConnectionBlueprint
{
    /// <summary>Reads like the life of a request. Fused once, materialised for every connection.</summary>
    public static IGraph<ClosedShape, NotUsed> Create(PipelineShape shape)
    {
        var layers = BidiFlow.FromGraph(new GatewayStage());
        if (shape.DownstreamFilters) layers = BidiFlow.FromGraph(new FilterChainStage(FilterPosition.Downstream)).Atop(layers);
        if (shape.UpstreamFilters) layers = layers.Atop(BidiFlow.FromGraph(new FilterChainStage(FilterPosition.Upstream)));
        return (IGraph<ClosedShape, NotUsed>)Flow.FromGraph(new SocketStage()).Join(layers.Join(Flow.FromGraph(new DispatchStage())));
    }
}
