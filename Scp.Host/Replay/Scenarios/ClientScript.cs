using Scp.Streams.Settings;

namespace Scp.Host.Replay.Scenarios;

/// <summary>How the gaps between requests are drawn.</summary>
internal enum Arrivals
{
    /// <summary>Independent of each other: exponential gaps.</summary>
    Poisson,

    /// <summary>One gap like the other.</summary>
    Even,
}

/// <summary>A group of virtual clients that behave alike.</summary>
internal sealed record ClientScript
{
    /// <summary>Requests per second of the whole group.</summary>
    [InRange(0.001, 100_000)]
    public required double Rate { get; init; }

    public required Arrivals Arrivals { get; init; }

    /// <summary>When it begins.</summary>
    public required TimeSpan From { get; init; }

    /// <summary>When it ends; null is with the run.</summary>
    public TimeSpan? Until { get; init; }

    /// <summary>Keep-alive connections at most; when all are busy, requests wait in line.</summary>
    [InRange(1, 10_000)]
    public required int Connections { get; init; }

    /// <summary>Client addresses that the connections come from, in turn.</summary>
    [InRange(1, 65_000)]
    public required int Addresses { get; init; }

    /// <summary>A client gives up after so long.</summary>
    [AllowOff]
    public required TimeSpan Timeout { get; init; }

    /// <summary>Different values that {key} takes in paths and fields.</summary>
    [InRange(1, 1_000_000)]
    public required int Keys { get; init; }

    /// <summary>What it asks for; one of them is drawn by weight for each request.</summary>
    [NotEmpty]
    [Template("scenario.defaults.request")]
    public required IReadOnlyList<RequestScript> Requests { get; init; }
}

/// <summary>A kind of request.</summary>
internal sealed record RequestScript
{
    [NotEmpty]
    public required string Method { get; init; }

    /// <summary>May hold {key}.</summary>
    [NotEmpty]
    public required string Path { get; init; }

    [NotEmpty]
    public required string Host { get; init; }

    /// <summary>More fields: name = "value", which may hold {key}.</summary>
    public required IReadOnlyDictionary<string, string> Fields { get; init; }

    /// <summary>Bytes of content.</summary>
    [ByteSize]
    [InRange("0B", "64KiB")]
    public required int Content { get; init; }

    /// <summary>How often it is drawn, relative to the others.</summary>
    [InRange(0.000001, 1_000_000)]
    public required double Weight { get; init; }
}
