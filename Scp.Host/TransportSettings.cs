namespace Scp.Host;

/// <summary>Sockets of the whole process (scp.transport). Defaults and reasons are in reference.conf.</summary>
internal sealed record TransportSettings
{
    public required bool InlineCompletions { get; init; }
}
