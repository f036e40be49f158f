using System.Net;
using Scp.Streams.Dispatch.Overload;
using Scp.Streams.Telemetry;

namespace Scp.Streams.Dispatch;

/// <summary>
/// One backend as the data plane sees it: where it is, the connections to it, what is going on there. Lives as long as the backend
/// is configured, through every snapshot.
/// </summary>
public sealed class Backend(string name, EndPoint address, UpstreamMetrics? metrics = null)
{
    private int _activeExchanges;

    public string Name { get; } = name;

    /// <summary>An address, a DNS name with port, or a unix socket.</summary>
    public EndPoint Address { get; } = address;

    /// <summary>Text for logs and for a Host field, e.g. "10.0.0.7:8080".</summary>
    public string AddressText { get; } = address.ToString() ?? name;

    public int ActiveExchanges => Volatile.Read(ref _activeExchanges);

    /// <summary>Its connections.</summary>
    public UpstreamConnectionPool Connections { get; } = new(metrics);

    /// <summary>How the attempts at it ended.</summary>
    public BackendOutcomes Outcomes { get; } = new();

    /// <summary>What is counted of it; null when nobody counts.</summary>
    public UpstreamMetrics? Metrics { get; } = metrics;

    /// <summary>Reserves a place for one exchange; false when as many are there as the limit says.</summary>
    public bool TryStart(int limit) => Reservation.TryTake(ref _activeExchanges, limit);

    public void ExchangeEnded() => Interlocked.Decrement(ref _activeExchanges);
}
