using Scp.Streams.Messages;

namespace Scp.Streams.Telemetry;

/// <summary>
/// Hears of every exchange once, when it ended: on the graph's thread, with the record complete and before the heads are released.
/// An implementation neither blocks nor throws, and keeps nothing of the exchange.
/// </summary>
public interface IExchangeObserver
{
    void OnCompleted(Exchange exchange);
}
