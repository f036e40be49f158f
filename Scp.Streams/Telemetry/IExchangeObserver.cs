using Scp.Streams.Messages;

namespace Scp.Streams.Telemetry;

/// <summary>Hears of exchanges on the graph's thread: it must be quick, must not block and must not keep the exchange.</summary>
public interface IExchangeObserver
{
    /// <summary>The exchange has ended; its heads and record are complete and will be released when this returns.</summary>
    void OnCompleted(Exchange exchange);
}
