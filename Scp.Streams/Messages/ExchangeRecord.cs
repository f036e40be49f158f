using System.Diagnostics;
using Scp.Streams.Errors;

namespace Scp.Streams.Messages;

/// <summary>
/// What is reported of one exchange when it ends. Times are timestamps of the injected TimeProvider, 0 when it did not happen.
/// </summary>
public sealed class ExchangeRecord
{
    private ushort _status; // with the other small fields it shares one word of every exchange

    /// <summary>First byte of the request head seen.</summary>
    public long StartedAt { get; set; }

    /// <summary>The final response head left for the client.</summary>
    public long RespondedAt { get; set; }

    /// <summary>The exchange ended, whichever way.</summary>
    public long EndedAt { get; set; }

    public long RequestContentBytes { get; set; }

    public long ResponseContentBytes { get; set; }

    /// <summary>Upstream attempts made; 0 for a local answer.</summary>
    public int Attempts { get; set; }

    /// <summary>Name of the pool and of the backend of the last attempt.</summary>
    public string? Pool { get; set; }

    public string? Backend { get; set; }

    /// <summary>Why the proxy itself answered or gave up, None when the origin's response passed.</summary>
    public ProxyError Error { get; set; }

    /// <summary>Status sent to the client, 499 when it went away before one was sent, 0 when none was.</summary>
    public int Status
    {
        get => _status;
        set => _status = (ushort)value;
    }

    /// <summary>The span of the exchange while it is traced, else null.</summary>
    public Activity? Span { get; set; }
}
