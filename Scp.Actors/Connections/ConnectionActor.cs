using Akka.Actor;
using Akka.Streams;
using Scp.Streams.Connections;

namespace Scp.Actors.Connections;

/// <summary>
/// One client connection: materialises the listener's graph for it, and ends when the graph has ended. The connection's bytes
/// never pass through here.
/// </summary>
public sealed class ConnectionActor(
    ClientConnection connection, ActorMaterializer materializer, IGraph<ClosedShape, Akka.NotUsed> graph, Attributes attributes,
    ConnectionRegistry registry, Action closed) : UntypedActor
{
    private static readonly object Closed = new();

    protected override void PreStart()
    {
        var self = Self;
        connection.OnClosed(() => self.Tell(Closed, ActorRefs.NoSender));
        registry.Add(connection);
        materializer.Materialize(graph, attributes.And(connection));
    }

    protected override void OnReceive(object message)
    {
        if (ReferenceEquals(message, Closed)) Context.Stop(Self);
        else Unhandled(message);
    }

    /// <summary>A connection that failed is gone: its socket was closed by the graph, and a restart would have nothing to serve.</summary>
    protected override void PostStop()
    {
        registry.Remove(connection);
        closed();
    }
}
