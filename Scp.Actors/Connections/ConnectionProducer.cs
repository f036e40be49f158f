using Akka;
using Akka.Actor;
using Akka.Streams;
using Scp.Streams.Connections;

namespace Scp.Actors.Connections;

/// <summary>
/// Makes the actor of one connection without reflection: a connection's start is on the path of every short-lived client.
/// </summary>
public sealed class ConnectionProducer(
    ClientConnection connection, ActorMaterializer materializer, IGraph<ClosedShape, NotUsed> graph,
    Attributes attributes, ConnectionRegistry registry,
    Action closed) : IIndirectActorProducer
{
    public Type ActorType => typeof(ConnectionActor);

    public ActorBase Produce() => new ConnectionActor(connection, materializer, graph, attributes, registry, closed);

    public void Release(ActorBase actor)
    {
    }
}
