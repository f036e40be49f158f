using Scp.Streams.Dispatch;

namespace Scp.Streams.Connections;

/// <summary>
/// What a running pipeline reads of the configuration: the newest snapshot, and whether its connections shall close after their next
/// response. One for all connections of a listener that were made with the same graph.
/// </summary>
public sealed class PipelineState(ProxySnapshot snapshot)
{
    private ProxySnapshot _snapshot = snapshot;
    private bool _draining;

    /// <summary>Read once for each exchange.</summary>
    public ProxySnapshot Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>The next response of each connection carries Connection: close.</summary>
    public bool IsDraining => Volatile.Read(ref _draining);

    public void Publish(ProxySnapshot snapshot) => Volatile.Write(ref _snapshot, snapshot);

    public void Drain() => Volatile.Write(ref _draining, true);
}
