using Scp.Streams.Connections;
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

    /// <summary>Pumps the attempt again, after other events had their turn.</summary>
    void PumpLater(UpstreamAttempt attempt);

    /// <summary>From any thread: wakes the exchange on the graph's thread.</summary>
    void DeliverWake(WakeTimer timer);

    /// <summary>The exchange needs nothing more of this stage.</summary>
    void Done(UpstreamExchange exchange);
}
