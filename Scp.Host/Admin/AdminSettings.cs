using System.Net;

namespace Scp.Host.Admin;

/// <summary>The admin endpoint (scp.admin). Defaults and reasons are in reference.conf.</summary>
internal sealed record AdminSettings
{
    public required bool Enabled { get; init; }

    public required IPEndPoint Bind { get; init; }

    public required ReadinessRule ReadyWhen { get; init; }
}
