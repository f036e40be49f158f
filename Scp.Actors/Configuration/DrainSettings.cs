using Scp.Streams.Settings;

namespace Scp.Actors.Configuration;

/// <summary>How the proxy stops (scp.drain). Defaults and reasons are in reference.conf.</summary>
public sealed record DrainSettings
{
    /// <summary>Readiness fails, everything else goes on as before: time for a load balancer to look elsewhere.</summary>
    [InRange("0s", "1h")]
    public required TimeSpan LameDuck { get; init; }

    /// <summary>
    /// After that, how long a connection that is idle may still bring a request, which is answered with Connection: close.
    /// </summary>
    [InRange("0s", "1h")]
    public required TimeSpan CloseIdleAfter { get; init; }

    /// <summary>From the end of the lame-duck time: what is still under way then is cut.</summary>
    [InRange("0s", "1d")]
    public required TimeSpan HardStop { get; init; }
}
