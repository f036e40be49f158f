using Scp.Host.Hocon;
using Scp.Host.Replay.Results;
using Scp.Streams.Balancing;
using Scp.Streams.Settings;

namespace Scp.Host.Replay.Scenarios;

/// <summary>What a restart of the proxy keeps.</summary>
internal enum Restart
{
    /// <summary>The health journal is there again.</summary>
    Remembers,

    /// <summary>It is gone.</summary>
    Forgets,
}

/// <summary>Something an operator does: one of a state or weight of a backend, a reload, a restart.</summary>
internal sealed record Operation
{
    public required TimeSpan At { get; init; }

    /// <summary>Of the backend.</summary>
    public string? Pool { get; init; }

    /// <summary>The backend whose state or weight changes.</summary>
    public string? Backend { get; init; }

    public AdministrativeState? State { get; init; }

    /// <summary>The new weight; -1 takes an earlier one back.</summary>
    [InRange(-1, 1000)]
    public int? Weight { get; init; }

    /// <summary>Keys of the configuration that change by a reload, such as { scp.pools.main { ... } }.</summary>
    public HoconObject? Reload { get; init; }

    /// <summary>The proxy is killed and starts again.</summary>
    public Restart? Restart { get; init; }

    /// <summary>In words, for the timeline.</summary>
    public string Text =>
        Reload is not null ? "reload"
        : Restart is { } restart ? $"the proxy is killed and starts again; its journal {Words.Of(restart)}"
        : string.Join(", ", new[] { State is { } state ? $"{Backend}: {Words.Of(state)}" : null, Weight is { } w ? $"{Backend}: weight {w}" : null }
            .OfType<string>());
}
