using Scp.Streams.Connections;
using Scp.Streams.Dispatch.Overload;
using Scp.Streams.Messages;
using Scp.Streams.Transport;

namespace Scp.Streams.Dispatch;

/// <summary>What an exchange on its way to a backend needs of the stage that hosts it.</summary>
public interface IDispatchHost : IBytePortOwner
{
    ClientConnection Connection { get; }

    /// <summary>Sends a part towards the client, in order.</summary>
    void Emit(ResponsePart part);

    /// <summary>Delivers a finished connection attempt on the graph's thread.</summary>
    void DeliverConnect(PendingConnect pending);

    /// <summary>Tells a request that waits for room, on the graph's thread, that it may be its turn. From any thread.</summary>
    void DeliverTurn(QueuedRequest queued);

    /// <summary>Pumps the attempt again, after other events had their turn.</summary>
    void PumpLater(UpstreamAttempt attempt);

    /// <summary>Wakes the exchange on the graph's thread. From any thread.</summary>
    void DeliverWake(WakeTimer timer);

    /// <summary>The exchange needs nothing more of this stage.</summary>
    void Done(UpstreamExchange exchange);
}
