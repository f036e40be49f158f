using Scp.Streams.Settings;

namespace Scp.Actors.Health;

/// <summary>How a backend is probed.</summary>
public enum HealthCheckType
{
    /// <summary>Not at all, but for a TCP connection that clears a suspicion.</summary>
    Off,

    /// <summary>A request and its response.</summary>
    Http,

    /// <summary>A connection that is made and closed.</summary>
    Tcp,
}

/// <summary>Active health checks of a pool (scp.pools.*.health-check). Defaults and reasons are in reference.conf.</summary>
public sealed record HealthCheckSettings
{
    public required HealthCheckType Type { get; init; }

    /// <summary>Path and query of the request.</summary>
    public required string Path { get; init; }

    /// <summary>The Host field; empty is the backend's address.</summary>
    public required string Host { get; init; }

    /// <summary>The method of the request.</summary>
    [OneOf("GET", "HEAD", "OPTIONS")]
    public required string Method { get; init; }

    /// <summary>Statuses and ranges that pass: "204", "200-399".</summary>
    [NotEmpty]
    public required IReadOnlyList<string> ExpectedStatus { get; init; }

    /// <summary>A regular expression that must be found in the content; null for none.</summary>
    public required string? Body { get; init; }

    /// <summary>Content that is read for <see cref="Body"/>; what comes after it is not looked at.</summary>
    [ByteSize, InRange("1B", "1MiB")]
    public required int BodyLimit { get; init; }

    /// <summary>Another port than the one that takes the traffic; null for the same.</summary>
    [InRange(1, 65535)]
    public required int? Port { get; init; }

    /// <summary>Between two probes of a backend that is steadily up.</summary>
    [InRange("100ms", "1h")]
    public required TimeSpan Interval { get; init; }

    /// <summary>Between two probes of any other one.</summary>
    [InRange("50ms", "1h")]
    public required TimeSpan FastInterval { get; init; }

    /// <summary>How much longer or shorter than the interval each pause is at random.</summary>
    [Percent]
    public required double Jitter { get; init; }

    /// <summary>From the connection to the verdict.</summary>
    [InRange("10ms", "10m")]
    public required TimeSpan Timeout { get; init; }

    /// <summary>Probes in a row that must pass before a backend that is down is up.</summary>
    [InRange(1, 100)]
    public required int Rise { get; init; }

    /// <summary>Probes in a row that must fail before a backend that is up is down.</summary>
    [InRange(1, 100)]
    public required int Fall { get; init; }
}
