using System.Net;

namespace Scp.Host.Demo;

/// <summary>Origins inside the proxy's process to try it with (scp.demo). Defaults and reasons are in reference.conf.</summary>
internal sealed record DemoSettings
{
    public required bool Enabled { get; init; }

    /// <summary>One origin listens on each address.</summary>
    public required IReadOnlyList<IPEndPoint> Origins { get; init; }
}
